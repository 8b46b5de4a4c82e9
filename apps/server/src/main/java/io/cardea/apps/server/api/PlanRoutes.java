package io.cardea.apps.server.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Permission;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.plan.Plan;
import io.cardea.life.rotation.plan.Plan.Loss;
import io.cardea.life.rotation.plan.PlanDesk;
import io.cardea.life.rotation.plan.PlannedChange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Plans: what a dangerous change would do, in what order to go, and the change itself.
final class PlanRoutes {
  private final PlanDesk desk;

  PlanRoutes(PlanDesk desk) {
    this.desk = desk;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/plans", Permission.AUDIT, this::list),
        Endpoint.post("/api/v1/plans", Permission.CERTIFY, this::make),
        Endpoint.get("/api/v1/plans/{id}", Permission.AUDIT, this::show),
        Endpoint.post("/api/v1/plans/{id}/apply", Permission.CERTIFY, this::apply));
  }

  /// One of the changes; the members are those that it needs.
  record Body(
      @Nullable String change,
      @Nullable String authority,
      @Nullable SelectionBody selection,
      @Nullable String revocationReason,
      @Nullable String audience,
      @JsonProperty("class") @Nullable String deviceClass,
      @Nullable Long longestSilenceSeconds,
      @Nullable Long graceSeconds,
      @Nullable String reason) {

    PlannedChange toChange(Actor actor) throws Refused {
      return switch (Words.read("change", Call.required("change", change), Kind.class)) {
        case REMOVE_AUTHORITY -> {
          String id = Call.required("authority", authority);
          yield Call.valid(() -> new PlannedChange.RemoveAuthority(new AuthorityId(id)));
        }
        case REVOKE -> {
          Selection some = Call.required("selection", selection).toSelection(actor);
          yield new PlannedChange.Revoke(
              some,
              Words.read(
                  "revocation_reason",
                  Call.required("revocation_reason", revocationReason),
                  RevocationReason.class));
        }
        case REMOVE_AUDIENCE ->
            new PlannedChange.RemoveAudience(Call.required("audience", audience));
        case CHANGE_CLASS -> {
          String name = Call.required("class", deviceClass);
          Duration silence =
              Duration.ofSeconds(Call.required("longest_silence_seconds", longestSilenceSeconds));
          Duration grace = Duration.ofSeconds(Call.required("grace_seconds", graceSeconds));
          yield Call.valid(() -> new PlannedChange.ChangeClass(name, silence, grace));
        }
      };
    }

    private enum Kind {
      REMOVE_AUTHORITY,
      REVOKE,
      REMOVE_AUDIENCE,
      CHANGE_CLASS
    }
  }

  /// @param override the reason for which healthy devices may be left with nothing
  record Application(@Nullable String override) {}

  /// @param order what to do, one after the other
  record PlanView(
      String id,
      String state,
      String change,
      String subject,
      long devices,
      long stranded,
      long healthy,
      List<Loss> losses,
      List<String> order,
      String actor,
      String reason,
      Instant madeAt,
      @Nullable Instant endedAt,
      @Nullable String outcome) {

    static PlanView of(Plan plan) {
      return new PlanView(
          plan.id().toString(),
          plan.state().word(),
          plan.change().word(),
          plan.change().subject(),
          plan.impact().devices(),
          plan.impact().stranded(),
          plan.impact().healthy(),
          plan.impact().losses(),
          PlanDesk.order(plan),
          plan.actor(),
          plan.why(),
          plan.madeAt(),
          plan.endedAt().orElse(null),
          plan.outcome().isEmpty() ? null : plan.outcome());
    }
  }

  private Reply make(Call call) throws Refused {
    call.allowQuery(Set.of());
    Body body = call.body(Body.class);
    return Reply.ok(
        PlanView.of(
            desk.make(
                body.toChange(call.actor()),
                Call.required("reason", body.reason()),
                call.actor())));
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
                plan -> plan.id().toString())
            .map(PlanView::of));
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(PlanView.of(desk.show(Call.uuid("id", call.path("id")), call.actor())));
  }

  private Reply apply(Call call) throws Refused {
    call.allowQuery(Set.of());
    Application body = call.bodyOrEmpty(Application.class);
    return Reply.ok(
        PlanView.of(
            desk.apply(
                Call.uuid("id", call.path("id")),
                Optional.ofNullable(body.override()),
                call.actor())));
  }
}
