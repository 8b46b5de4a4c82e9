package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.findings.HandshakeFailures;
import io.cardea.life.inventory.Permission;
import java.util.List;
import java.util.Set;

/// The handshakes at the device port that failed.
final class HandshakeRoutes {
  private final HandshakeFailures failures;

  HandshakeRoutes(HandshakeFailures failures) {
    this.failures = failures;
  }

  List<Endpoint> endpoints() {
    return List.of(Endpoint.get("/api/v1/handshakes/failed", Permission.AUDIT, this::failed));
  }

  private Reply failed(Call call) throws Refused {
    call.allowQuery(Set.of("source", "limit"));
    call.actor().must(Permission.AUDIT);
    return Reply.ok(
        Page.whole(failures.newest(call.query("source"), call.limit())).map(HandshakeView::of));
  }
}
