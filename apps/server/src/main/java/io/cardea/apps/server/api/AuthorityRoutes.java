package io.cardea.apps.server.api;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.ExtendedKeyUse;
import io.cardea.life.pki.Generations;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.ProfileDesk;
import io.cardea.life.pki.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  /// @param authority the name of who issues; empty for the usual one
  /// @param allowedKeys the kinds of key that its certificates may have
  record ChangedProfile(
      @Nullable String like,
      @Nullable Long lifeSeconds,
      @Nullable Long backdateSeconds,
      @Nullable String authority,
      @Nullable List<String> allowedKeys,
      @Nullable List<String> extendedKeyUsage) {

    Profile applyTo(Profile base, String name) throws Refused {
      Set<CertKey> keys = EnumSet.noneOf(CertKey.class);
      for (String key : some("allowed_keys", allowedKeys)) {
        keys.add(Words.read("allowed_keys", key, CertKey.class));
      }
      List<ExtendedKeyUse> uses = new ArrayList<>();
      for (String use : some("extended_key_usage", extendedKeyUsage)) {
        uses.add(Words.read("extended_key_usage", use, ExtendedKeyUse.class));
      }
      if (uses.contains(ExtendedKeyUse.OCSP_SIGNING)) {
        throw Call.malformed("extended_key_usage: ocsp-signing is for Cardea's own responders");
      }
      return Call.valid(() ->
          new Profile(
              name,
              base.subject(),
              base.identity(),
              base.keyUse(),
              extendedKeyUsage == null ? base.extendedKeyUse() : uses,
              lifeSeconds == null ? base.life() : Duration.ofSeconds(lifeSeconds),
              backdateSeconds == null ? base.backdate() : Duration.ofSeconds(backdateSeconds),
              allowedKeys == null ? base.keys() : keys,
              base.requestedHostNames(),
              authority == null
                  ? base.authority()
                  : Optional.of(authority).filter(other -> !other.isEmpty())));
    }
  }

  private static List<String> some(String member, @Nullable List<String> values) throws Refused {
    if (values == null) {
      return List.of();
    }
    if (values.isEmpty() || values.size() > CertKey.values().length) {
      throw Call.malformed(
          member + ": " + values.size() + " (expected: 1 to " + CertKey.values().length + ")");
    }
    return values;
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
      boolean requestedHostNames,
      @Nullable String authority) {

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
          profile.requestedHostNames(),
          profile.authority().orElse(null));
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
    return Reply.ok(
        ProfileView.of(desk.save(change.applyTo(base, name), seen(name, call), call.actor())));
  }

  /// The profile that the caller's If-Match means, so that no change in between is lost.
  private Optional<Profile> seen(String name, Call call) throws Refused {
    if (call.ifMatch().isEmpty()) {
      return Optional.empty();
    }
    Profile now = profile(name);
    EntityTag.of(Reply.ok(ProfileView.of(now)).body()).requireIn(call.ifMatch().get());
    return Optional.of(now);
  }

  private Profile profile(String name) throws Refused {
    return authorities.profiles().stream()
        .filter(profile -> profile.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "profile: " + name));
  }

  /// Those that wait for a certificate among them.
  private Reply listAuthorities(Call call) throws Refused {
    call.allowQuery(PAGED);
    List<AuthorityView> sorted =
        Stream.concat(
                authorities.authorities().stream().map(one -> AuthorityView.of(one, false)),
                authorities.authorityRequests().stream().map(one -> AuthorityView.of(one, false)))
            .sorted(Comparator.comparing(AuthorityView::id).thenComparing(AuthorityView::state))
            .toList();
    return Reply.ok(
        Page.cut(sorted, call.query("after").orElse(""), call.limit(), AuthorityView::cursor));
  }

  /// By its id, or by its name: of several of one name the one that issues, else the newest.
  private Reply showAuthority(Call call) throws Refused {
    call.allowQuery(Set.of());
    String wanted = call.path("id");
    Generations all = Generations.in(authorities);
    Optional<AuthorityView> found =
        all.find(wanted)
            .map(one -> AuthorityView.of(one, true))
            .or(() -> all.request(wanted).map(one -> AuthorityView.of(one, true)));
    return Reply.ok(
        found.orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "authority: " + wanted)));
  }
}
