package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.rotation.Campaign.Course;
import io.cardea.life.rotation.emergency.Emergency;
import io.cardea.life.rotation.emergency.Emergency.Target;
import io.cardea.life.rotation.emergency.EmergencyDesk;
import io.cardea.life.rotation.emergency.EmergencyDesk.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Emergencies: declared, and how far the fleet is from being safe.
final class EmergencyRoutes {
  private final EmergencyDesk desk;

  EmergencyRoutes(EmergencyDesk desk) {
    this.desk = desk;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/emergencies", Permission.AUDIT, this::list),
        Endpoint.post("/api/v1/emergencies", Permission.CERTIFY, this::begin),
        Endpoint.get("/api/v1/emergencies/{id}", Permission.AUDIT, this::show));
  }

  /// Either an authority or a selection.
  record Order(
      @Nullable String authority,
      @Nullable SelectionBody selection,
      @Nullable String since,
      @Nullable String comment,
      @Nullable Long deadlineSeconds,
      @Nullable Integer canary,
      @Nullable Integer perMinute) {}

  record EmergencyView(
      String id,
      String state,
      @Nullable String authority,
      @Nullable Instant since,
      String comment,
      String actor,
      Instant begunAt,
      @Nullable Instant deadline,
      @Nullable String campaign,
      @Nullable String revocation,
      @Nullable Instant endedAt,
      @Nullable Long devices,
      @Nullable Long moved,
      @Nullable Long revoked,
      @Nullable Instant safeAt) {

    static EmergencyView of(Emergency emergency) {
      return of(emergency, Optional.empty());
    }

    static EmergencyView of(Emergency emergency, Optional<Status> status) {
      return new EmergencyView(
          emergency.id().toString(),
          emergency.state().word(),
          emergency.target() instanceof Target.OfAuthority(var authority)
              ? authority.value()
              : null,
          emergency.since().orElse(null),
          emergency.why(),
          emergency.actor(),
          emergency.begunAt(),
          emergency.deadline().orElse(null),
          emergency.campaign().map(UUID::toString).orElse(null),
          emergency.order().map(UUID::toString).orElse(null),
          emergency.endedAt().orElse(null),
          status.map(Status::devices).orElse(null),
          status.map(Status::moved).orElse(null),
          status.map(Status::revoked).orElse(null),
          status.flatMap(Status::safeAt).orElse(null));
    }
  }

  private Reply begin(Call call) throws Refused {
    call.allowQuery(Set.of());
    Order order = call.body(Order.class);
    Target target;
    if (order.authority() != null && order.selection() == null) {
      String id = order.authority();
      target = Call.valid(() -> new Target.OfAuthority(new AuthorityId(id)));
    } else if (order.authority() == null && order.selection() != null) {
      target = new Target.OfDevices(order.selection().toSelection(call.actor()));
    } else {
      throw Call.malformed("authority, selection: (expected: one of the two)");
    }
    Course usual = Course.USUAL;
    Course course =
        Call.valid(() ->
            new Course(
                order.canary() == null ? usual.canary() : order.canary(),
                usual.growth(),
                order.perMinute() == null ? usual.perMinute() : order.perMinute(),
                100, // an emergency goes on, whoever is late
                usual.patience()));
    Emergency emergency =
        desk.begin(
            new EmergencyDesk.Order(
                target,
                new RevocationBody(null, order.since(), null).toSince(),
                Call.required("comment", order.comment()),
                within(order.deadlineSeconds()),
                course),
            call.actor());
    return Reply.ok(EmergencyView.of(emergency));
  }

  private static Optional<Duration> within(@Nullable Long seconds) throws Refused {
    if (seconds == null) {
      return Optional.empty();
    }
    if (seconds < 1 || seconds > Duration.ofDays(366).toSeconds()) {
      throw Call.malformed(
          "deadline_seconds: " + seconds + " (expected: 1 to " + 366 * 86_400 + ")");
    }
    return Optional.of(Duration.ofSeconds(seconds));
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("after", "limit"));
    Optional<String> after = call.query("after");
    Optional<UUID> before =
        after.isEmpty() ? Optional.empty() : Optional.of(Call.uuid("after", after.get()));
    return Reply.ok(
        Page.of(
                desk.list(before, call.limit(), call.actor()),
                call.limit(),
                emergency -> emergency.id().toString())
            .map(EmergencyView::of));
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    Status status = desk.show(Call.uuid("id", call.path("id")), call.actor());
    return Reply.ok(EmergencyView.of(status.emergency(), Optional.of(status)));
  }
}
