package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.ProfileDesk;
import io.cardea.life.pki.Template;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Authorities and profiles: who issues, and what.
final class AuthorityRoutes {
  private static final Set<String> PAGED = Set.of("after", "limit");

  private final Authorities authorities;
  private final ProfileDesk desk;

  AuthorityRoutes(Authorities authorities, ProfileDesk desk) {
    this.authorities = authorities;
    this.desk = desk;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/profiles", this::listProfiles),
        Endpoint.get("/api/v1/profiles/{name}", this::showProfile),
        Endpoint.put("/api/v1/profiles/{name}", Permission.CERTIFY, this::saveProfile),
        Endpoint.get("/api/v1/authorities", this::listAuthorities),
        Endpoint.get("/api/v1/authorities/{id}", this::showAuthority));
  }

  /// @param like the profile to start from; without it, the one that is to be changed
  record ChangedProfile(
      @Nullable String like, @Nullable Long lifeSeconds, @Nullable Long backdateSeconds) {

    Profile applyTo(Profile base, String name) throws Refused {
      return Call.valid(() ->
          new Profile(
              name,
              base.subject(),
              base.identity(),
              base.keyUse(),
              base.extendedKeyUse(),
              lifeSeconds == null ? base.life() : Duration.ofSeconds(lifeSeconds),
              backdateSeconds == null ? base.backdate() : Duration.ofSeconds(backdateSeconds),
              base.keys(),
              base.requestedHostNames()));
    }
  }

  record ProfileView(
      String name,
      long lifeSeconds,
      long backdateSeconds,
      String subject,
      @Nullable String uriSan,
      List<String> keyUsage,
      List<String> extendedKeyUsage,
      List<String> allowedKeys,
      boolean requestedHostNames) {

    static ProfileView of(Profile profile) {
      return new ProfileView(
          profile.name(),
          profile.life().toSeconds(),
          profile.backdate().toSeconds(),
          profile.subject().stream()
              .map(part -> Words.of(part.attribute()) + "=" + part.value().text())
              .collect(Collectors.joining(", ")),
          profile.identity().map(Template::text).orElse(null),
          profile.keyUse().stream().map(Words::of).sorted().toList(),
          profile.extendedKeyUse().stream().map(Words::of).toList(),
          profile.keys().stream().map(Words::of).sorted().toList(),
          profile.requestedHostNames());
    }
  }

  record AuthorityView(
      String id,
      String name,
      String kind,
      @Nullable String issuerId,
      String subject,
      String issuer,
      String serialNumber,
      String key,
      Instant notBefore,
      Instant notAfter,
      String certificateFingerprint,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String certificatePem) {

    static AuthorityView of(Authority authority, boolean withCertificate) {
      Certificate certificate = authority.certificate();
      return new AuthorityView(
          authority.id().value(),
          authority.name(),
          Words.of(authority.kind()),
          authority.issuer().map(AuthorityId::value).orElse(null),
          certificate.subject(),
          certificate.issuer(),
          certificate.serial().value().toString(16),
          Words.of(authority.key().kind()),
          certificate.notBefore(),
          certificate.notAfter(),
          certificate.fingerprint().hex(),
          withCertificate ? Pem.encode(certificate) : null);
    }
  }

  private Reply listProfiles(Call call) throws Refused {
    call.allowQuery(PAGED);
    return Reply.ok(
        Page.cut(
                authorities.profiles(), call.query("after").orElse(""), call.limit(), Profile::name)
            .map(ProfileView::of));
  }

  private Reply showProfile(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(ProfileView.of(profile(call.path("name"))));
  }

  private Reply saveProfile(Call call) throws Refused {
    call.allowQuery(Set.of());
    String name = call.path("name");
    ChangedProfile change = call.body(ChangedProfile.class);
    Profile base = profile(change.like() == null ? name : change.like());
    return Reply.ok(ProfileView.of(desk.save(change.applyTo(base, name), call.actor())));
  }

  private Profile profile(String name) throws Refused {
    return authorities.profiles().stream()
        .filter(profile -> profile.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "profile: " + name));
  }

  private Reply listAuthorities(Call call) throws Refused {
    call.allowQuery(PAGED);
    List<Authority> sorted =
        authorities.authorities().stream().sorted(Comparator.comparing(Authority::id)).toList();
    return Reply.ok(
        Page.cut(sorted, call.query("after").orElse(""), call.limit(), one -> one.id().value())
            .map(one -> AuthorityView.of(one, false)));
  }

  /// By its id, or by its name: of several of one name the newest.
  private Reply showAuthority(Call call) throws Refused {
    call.allowQuery(Set.of());
    String wanted = call.path("id");
    Optional<Authority> found = Optional.empty();
    for (Authority authority : authorities.authorities()) {
      if (authority.id().value().equals(wanted)) {
        found = Optional.of(authority);
        break;
      }
      if (authority.name().equals(wanted)) {
        found = Optional.of(authority);
      }
    }
    return Reply.ok(
        found
            .map(authority -> AuthorityView.of(authority, true))
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "authority: " + wanted)));
  }
}
