package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.enrolment.PendingEnrolment;
import io.cardea.life.inventory.Permission;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Enrolments on which an operator decides.
final class EnrolmentRoutes {
  private final ApiParts parts;

  EnrolmentRoutes(ApiParts parts) {
    this.parts = parts;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/enrolments", this::list),
        Endpoint.post(
            "/api/v1/enrolments/{id}/approve", Permission.OPERATE, call -> decide(call, true)),
        Endpoint.post(
            "/api/v1/enrolments/{id}/refuse", Permission.OPERATE, call -> decide(call, false)));
  }

  record EnrolmentView(
      String id,
      String device,
      String keyFingerprint,
      String state,
      Instant requestedAt,
      Instant expiresAt) {

    static EnrolmentView of(PendingEnrolment its) {
      return new EnrolmentView(
          its.id().toString(),
          its.device().value(),
          its.key().hex(),
          its.state().word(),
          its.requestedAt(),
          its.expiresAt());
    }
  }

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of("limit"));
    return Reply.ok(
        Page.whole(parts.joining().approvals().waiting(call.limit(), call.actor()))
            .map(EnrolmentView::of));
  }

  private Reply decide(Call call, boolean yes) throws Refused {
    String text = call.path("id");
    UUID id;
    try {
      id = UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw Call.malformed("enrolment: " + text + " (expected: a UUID)");
    }
    String reason = Call.required("reason", call.body(Act.class).reason());
    return Reply.ok(
        EnrolmentView.of(parts.joining().approvals().decide(id, yes, reason, call.actor())));
  }
}
