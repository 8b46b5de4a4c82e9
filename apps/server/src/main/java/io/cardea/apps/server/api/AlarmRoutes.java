package io.cardea.apps.server.api;

import io.cardea.apps.server.watch.Look;
import io.cardea.apps.server.watch.Watch;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Permission;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What this replica looks at, and what it saw.
final class AlarmRoutes {
  private final Watch watch;
  private final TrustedTime time;

  AlarmRoutes(Watch watch, TrustedTime time) {
    this.watch = watch;
    this.time = time;
  }

  List<Endpoint> endpoints() {
    return List.of(Endpoint.get("/api/v1/alarms", this::list));
  }

  /// @param state `raised`, `fine`, or `unseen`: it could not be looked at
  record AlarmView(
      String code,
      String severity,
      String state,
      Instant since,
      String detail,
      String meaning,
      String nextStep,
      String runbook) {
    static AlarmView of(Watch.Seen seen) {
      return new AlarmView(
          seen.alarm().code(),
          Words.of(seen.alarm().severity()),
          switch (seen.look()) {
            case Look.Wrong _ -> "raised";
            case Look.Fine _ -> "fine";
            case Look.Unseen _ -> "unseen";
          },
          seen.since(),
          seen.look().detail(),
          seen.alarm().meaning(),
          seen.alarm().nextStep(),
          seen.alarm().runbook());
    }
  }

  /// @param now by this replica's clock
  record AlarmsView(Instant now, List<AlarmView> items) {}

  private Reply list(Call call) throws Refused {
    call.allowQuery(Set.of());
    call.actor().must(Permission.SEE);
    return Reply.ok(
        new AlarmsView(time.instant(), watch.seen().stream().map(AlarmView::of).toList()));
  }
}
