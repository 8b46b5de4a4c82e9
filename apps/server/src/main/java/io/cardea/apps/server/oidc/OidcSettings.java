package io.cardea.apps.server.oidc;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Whose tokens sign in, and as what.
///
/// @param issuer as it stands in tokens; its configuration is fetched from below it
/// @param audience what a token must be made for
/// @param trusted the authorities of the provider's TLS certificate; the JDK's without one
/// @param claim which claim the roles follow from
/// @param roles the first one that fits holds
public record OidcSettings(
    URI issuer, String audience, Optional<Path> trusted, String claim, List<RoleRule> roles) {
  public OidcSettings {
    roles = List.copyOf(roles);
  }
}
