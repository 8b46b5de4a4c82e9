package io.cardea.apps.server.api;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.Joining;
import io.cardea.life.inventory.DeviceClass.Lateness;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.Profile;
import io.cardea.life.rotation.RenewalWindow;
import io.cardea.life.rotation.Terms;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Device classes, with what follows from them.
final class ClassRoutes {
  private static final int TENTHS = 10;

  private final ApiParts parts;

  ClassRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/classes", this::list),
        Endpoint.post("/api/v1/classes", Permission.CERTIFY, this::create),
        Endpoint.get("/api/v1/classes/{name}", this::show));
  }

  record NewClass(
      @Nullable String name,
      @Nullable String profile,
      @Nullable Long longestSilenceSeconds,
      @Nullable Long graceSeconds,
      @Nullable Long settlingSeconds,
      @Nullable Integer candidatesPerTenth,
      @Nullable String onFork,
      @Nullable Boolean keepsRecoveryToken,
      @Nullable Boolean approval,
      @Nullable Boolean birthCertificateRecovers,
      @Nullable String factoryProfile,
      @Nullable String quarantineProfile,
      @Nullable Boolean lateWantsCredential,
      @Nullable Long lateApprovalSeconds) {

    DeviceClass toClass() throws Refused {
      String givenName = Call.required("name", name);
      String givenProfile = Call.required("profile", profile);
      OnFork fork = Words.read("on_fork", onFork, OnFork.class, OnFork.ALARM);
      return Call.valid(() -> {
        DeviceClass usual = DeviceClass.of(givenName, givenProfile);
        return new DeviceClass(
            givenName,
            givenProfile,
            seconds(longestSilenceSeconds, usual.longestSilence()),
            seconds(graceSeconds, usual.grace()),
            seconds(settlingSeconds, usual.settling()),
            candidatesPerTenth == null ? usual.candidatesPerTenth() : candidatesPerTenth,
            fork,
            keepsRecoveryToken == null ? usual.keepsRecoveryToken() : keepsRecoveryToken,
            new Joining(
                Boolean.TRUE.equals(approval),
                Boolean.TRUE.equals(birthCertificateRecovers),
                Optional.ofNullable(factoryProfile),
                Optional.ofNullable(quarantineProfile),
                new Lateness(
                    Boolean.TRUE.equals(lateWantsCredential),
                    Optional.ofNullable(lateApprovalSeconds).map(Duration::ofSeconds))));
      });
    }

    private static Duration seconds(@Nullable Long given, Duration usual) {
      return given == null ? usual : Duration.ofSeconds(given);
    }
  }

  record ClassView(
      String name,
      String profile,
      long longestSilenceSeconds,
      long graceSeconds,
      long settlingSeconds,
      int candidatesPerTenth,
      String onFork,
      boolean keepsRecoveryToken,
      boolean approval,
      boolean birthCertificateRecovers,
      @Nullable String factoryProfile,
      @Nullable String quarantineProfile,
      boolean lateWantsCredential,
      @Nullable Long lateApprovalSeconds,
      Derived derived) {

    static ClassView of(DeviceClass known, Optional<Profile> profile, List<Audience> audiences) {
      return new ClassView(
          known.name(),
          known.profile(),
          known.longestSilence().toSeconds(),
          known.grace().toSeconds(),
          known.settling().toSeconds(),
          known.candidatesPerTenth(),
          Words.of(known.onFork()),
          known.keepsRecoveryToken(),
          known.joining().approval(),
          known.joining().birthCertificateRecovers(),
          known.joining().factoryProfile().orElse(null),
          known.joining().quarantineProfile().orElse(null),
          known.joining().lateness().wantsCredential(),
          known.joining().lateness().approvalAfter().map(Duration::toSeconds).orElse(null),
          Derived.of(known, profile, audiences));
    }
  }

  /// What follows from the class and its profile's life.
  ///
  /// @param retires whether an older credential is retired at all before it expires
  /// @param lifeSeconds null, as are the others that follow from it, while there is no such profile
  record Derived(
      long overlapSeconds,
      boolean retires,
      @Nullable Long lifeSeconds,
      @Nullable Long renewalWindowStartsAfterSeconds,
      @Nullable Long renewalWindowEndsAfterSeconds,
      @Nullable Integer candidatesPerLife) {

    static Derived of(DeviceClass known, Optional<Profile> profile, List<Audience> audiences) {
      Terms terms = Terms.of(known, audiences);
      Optional<Duration> life = profile.map(Profile::life);
      return new Derived(
          terms.overlap().toSeconds(),
          terms.retires(),
          life.map(Duration::toSeconds).orElse(null),
          life.map(RenewalWindow::firstOpens).map(Duration::toSeconds).orElse(null),
          life.map(RenewalWindow::lastCloses).map(Duration::toSeconds).orElse(null),
          life.isPresent() ? terms.candidatesPerTenth() * TENTHS : null);
    }
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("after", "limit"));
    List<Profile> profiles = parts.authorities().profiles();
    return Reply.ok(
        Page.cut(
                parts.inventory().classes(),
                call.query("after").orElse(""),
                call.limit(),
                DeviceClass::name)
            .map(known -> view(known, named(profiles, known.profile()))));
  }

  private Reply create(Call call) throws Refused {
    DeviceClass wanted = call.body(NewClass.class).toClass();
    Optional<Profile> profile = named(parts.authorities().profiles(), wanted.profile());
    if (profile.isEmpty()) {
      throw new Refused(Refusal.NOT_FOUND, "profile: " + wanted.profile());
    }
    for (Optional<String> other :
        List.of(wanted.joining().factoryProfile(), wanted.joining().quarantineProfile())) {
      if (other.isPresent() && named(parts.authorities().profiles(), other.get()).isEmpty()) {
        throw new Refused(Refusal.NOT_FOUND, "profile: " + other.get());
      }
    }
    parts.registry().createClass(wanted, call.actor());
    return Reply.createdAt("/api/v1/classes/" + wanted.name(), view(wanted, profile));
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    String name = call.path("name");
    DeviceClass known =
        parts
            .inventory()
            .deviceClass(name)
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "class: " + name));
    return Reply.ok(view(known, named(parts.authorities().profiles(), known.profile())));
  }

  private ClassView view(DeviceClass known, Optional<Profile> profile) {
    return ClassView.of(
        known,
        profile,
        parts.inventory().audiences().stream()
            .filter(each -> each.classes().contains(known.name()))
            .toList());
  }

  private static Optional<Profile> named(List<Profile> profiles, String name) {
    return profiles.stream().filter(profile -> profile.name().equals(name)).findFirst();
  }
}
