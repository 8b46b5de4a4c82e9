package io.cardea.trials.bench;

import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.load.MqttLine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Connections of devices: a full handshake with a certificate of its own, CONNECT, CONNACK, gone.
final class MqttConnect implements Scenario {
  private static final int AT_ONCE = 8;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    return new MqttBeside("mqtt-connect", "1/s")
        .run(
            plan,
            (port, identities) -> new Connecting(port, identities),
            Map.of("clients_at_once", AT_ONCE, "tls_resumptions", 0));
  }

  private record Connecting(int port, List<Identity> identities) implements MqttBeside.Work {
    @Override
    public long run(Duration length) throws IOException {
      long end = System.nanoTime() + length.toNanos();
      return Together.count(
          AT_ONCE,
          number -> {
            long done = 0;
            for (int i = number; System.nanoTime() < end; i += AT_ONCE) {
              int device = i % identities.size();
              MqttLine.open(port, identities.get(device), id(device)).close();
              done++;
            }
            return done;
          });
    }

    @Override
    public void close() {}
  }

  /// As the population names it.
  static String id(int device) {
    return String.format(Locale.ROOT, "bench-%07d", device);
  }
}
