package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.trials.bench.rig.Place;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Revokes one device after the other through the API, at a steady pace, while something else is
/// measured.
final class Revoking implements AutoCloseable {
  private static final int A_SECOND = 10;

  private final ControlPlane api;
  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger done = new AtomicInteger();

  private Revoking(ControlPlane api) {
    this.api = api;
  }

  static Revoking start(Place place) throws IOException {
    Revoking revoking = new Revoking(place.api());
    var _ =
        revoking.pace.scheduleAtFixedRate(
            revoking::revoke, 0, 1_000 / A_SECOND, TimeUnit.MILLISECONDS);
    return revoking;
  }

  private void revoke() {
    try {
      revoke(api, done.get());
      done.incrementAndGet();
    } catch (IOException e) {
      throw new IllegalStateException("revoking stopped", e); // and the count stands still
    }
  }

  static void revoke(ControlPlane api, int number) throws IOException {
    ObjectNode body = JsonMapper.shared().createObjectNode().put("reason", "superseded");
    var _ =
        api.call(
            "POST", String.format(Locale.ROOT, "/api/v1/devices/bench-%07d/revoke", number), body);
  }

  int count() {
    return done.get();
  }

  @Override
  public void close() {
    pace.shutdownNow();
    api.close();
  }
}
