package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.enrolment.Freeze;
import io.cardea.life.enrolment.IssuanceDesk;
import io.cardea.life.inventory.Permission;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether certificates are issued to devices: shown, stopped, resumed.
final class IssuanceRoutes {
  private final IssuanceDesk desk;

  IssuanceRoutes(IssuanceDesk desk) {
    this.desk = desk;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/issuance", this::show),
        Endpoint.post("/api/v1/issuance/freeze", Permission.CERTIFY, this::freeze),
        Endpoint.post("/api/v1/issuance/resume", Permission.CERTIFY, this::resume));
  }

  record IssuanceView(
      boolean frozen, @Nullable Instant since, @Nullable String actor, @Nullable String reason) {

    static IssuanceView of(Optional<Freeze> freeze) {
      return new IssuanceView(
          freeze.isPresent(),
          freeze.map(Freeze::since).orElse(null),
          freeze.map(Freeze::actor).orElse(null),
          freeze.map(Freeze::why).orElse(null));
    }
  }

  private Reply show(Call call) throws Refused {
    call.allowQuery(Set.of());
    return Reply.ok(IssuanceView.of(desk.freeze(call.actor())));
  }

  private Reply freeze(Call call) throws Refused {
    String reason = Call.required("reason", call.body(Act.class).reason());
    return Reply.ok(IssuanceView.of(Optional.of(desk.stop(reason, call.actor()))));
  }

  private Reply resume(Call call) throws Refused {
    String reason = Call.required("reason", call.body(Act.class).reason());
    desk.resume(reason, call.actor());
    return Reply.ok(IssuanceView.of(Optional.empty()));
  }
}
