package io.cardea.trials.bench;

import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.load.MqttLine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Messages of QoS 1 on connections that stay, each acknowledged; nobody has subscribed.
final class MqttPublish implements Scenario {
  private static final int CLIENTS = 100;
  private static final int WINDOW = 20;
  private static final int PAYLOAD = 32;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    return new MqttBeside("mqtt-publish", "1/s")
        .run(
            plan,
            Publishing::open,
            Map.of("clients", CLIENTS, "window", WINDOW, "payload_bytes", PAYLOAD));
  }

  private static final class Publishing implements MqttBeside.Work {
    private final List<MqttLine> lines = new ArrayList<>();

    static Publishing open(int port, List<Identity> identities) throws IOException {
      Publishing publishing = new Publishing();
      boolean whole = false;
      try {
        for (int device = 0; device < Math.min(CLIENTS, identities.size()); device++) {
          publishing.lines.add(MqttLine.open(port, identities.get(device), MqttConnect.id(device)));
        }
        whole = true;
        return publishing;
      } finally {
        if (!whole) {
          publishing.close();
        }
      }
    }

    @Override
    public long run(Duration length) throws IOException {
      long end = System.nanoTime() + length.toNanos();
      return Together.count(
          lines.size(),
          number -> {
            byte[] batch =
                MqttLine.batch("devices/" + MqttConnect.id(number) + "/reading", WINDOW, PAYLOAD);
            long done = 0;
            while (System.nanoTime() < end) {
              lines.get(number).publish(batch, WINDOW);
              done += WINDOW;
            }
            return done;
          });
    }

    @Override
    public void close() throws IOException {
      for (MqttLine line : lines) {
        line.close();
      }
    }
  }
}
