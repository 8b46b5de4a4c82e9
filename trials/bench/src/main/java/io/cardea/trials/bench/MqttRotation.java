package io.cardea.trials.bench;

import io.cardea.apps.fleet.factory.Broker;
import io.cardea.apps.fleet.factory.Historian;
import io.cardea.apps.fleet.factory.Sensor;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.mqtt.client.MqttTarget;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// A factory whose sensors publish a thousand readings a second in all, with QoS 1, while every one
/// of them changes its key and certificate; beside the same factory at rest. From the intended send
/// to the historian.
final class MqttRotation implements Scenario {
  private static final int SENSORS = 1_000;
  private static final int PER_SECOND = 1_000;
  private static final int ROTATING_AT_ONCE = 4;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration EXPIRY = Duration.ofMinutes(10);

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    int sensors = plan.devicesOr(SENSORS);
    try (Place listening = MqttBeside.place(plan)) {
      Map<String, String> keys = new HashMap<>(listening.more());
      keys.put("mqtt.readers", MqttConnect.id(sensors));
      keys.put("mqtt.queued-messages", "100000");
      Place place = new Place(listening.root(), listening.ports(), keys);
      plan.say("settling " + (sensors + 1) + " devices");
      List<Identity> identities = Population.settle(place, sensors + 1, sensors + 1);
      List<String> vm = plan.serverVm("-Xms768m", "-Xmx768m", "-XX:+AlwaysPreTouch");
      try (RunningServer server = RunningServer.start(place, vm);
          Factory factory = new Factory(place, identities)) {
        return List.of(new Run(plan, place, server, factory).figure());
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("mqtt-rotation", e);
    }
  }

  /// The latencies of one phase.
  private static final class Latencies {
    private long[] nanos = new long[1 << 16];
    private int count;

    synchronized void add(long latency) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, count * 2);
      }
      nanos[count++] = latency;
    }

    synchronized double percentileMillis(double share) throws BenchFailure {
      if (count < 1_000) {
        throw new BenchFailure("mqtt-rotation: " + count + " readings are too few to tell");
      }
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return sorted[(int) Math.ceil(count * share) - 1] / 1e6;
    }

    synchronized int count() {
      return count;
    }
  }

  private static final class Factory implements AutoCloseable {
    private final List<Sensor> sensors = new ArrayList<>();
    private final Historian historian;
    private volatile Latencies phase = new Latencies();

    Factory(Place place, List<Identity> identities) throws IOException {
      ConnectionSettings door =
          new ConnectionSettings(
                  URI.create("https://localhost:" + place.ports().devices()),
                  Set.copyOf(place.authorities()))
              .withTimeouts(TIMEOUT, TIMEOUT);
      Broker broker =
          new Broker(
              new MqttTarget("localhost", MqttBeside.port(place), door.trust(), TIMEOUT), EXPIRY);
      int last = identities.size() - 1;
      historian = new Historian(MqttConnect.id(last), broker, nanos -> phase.add(nanos));
      historian.connect(client(identities.get(last)));
      for (int device = 0; device < last; device++) {
        Sensor sensor = new Sensor(MqttConnect.id(device), door, broker);
        sensors.add(sensor);
        sensor.begin(client(identities.get(device)));
      }
    }

    private static ClientIdentity client(Identity identity) {
      return new ClientIdentity(identity.key(), List.of(identity.certificate()));
    }

    Latencies next() {
      Latencies next = new Latencies();
      phase = next;
      return next;
    }

    long missing() {
      return sensors.stream()
          .mapToLong(sensor -> historian.missing(sensor.id(), sensor.sent()))
          .sum();
    }

    @Override
    public void close() {
      sensors.forEach(Sensor::close);
      historian.close();
    }
  }

  private record Run(Plan plan, Place place, RunningServer server, Factory factory) {
    Figure figure() throws BenchFailure, IOException, SQLException {
      Conditions conditions = Conditions.of(plan, place);
      AtomicBoolean over = new AtomicBoolean();
      Thread traffic = Thread.ofPlatform().name("traffic").start(() -> send(over));
      Latencies quiet;
      Latencies rotating;
      double seconds;
      try {
        plan.say("warming up for " + plan.warmUp().toSeconds() + " s");
        rest(plan.warmUp());
        quiet = factory.next();
        rest(plan.length());
        plan.say("all sensors change their certificates");
        rotating = factory.next();
        long began = System.nanoTime();
        rotate();
        seconds = (System.nanoTime() - began) / 1e9;
      } finally {
        over.set(true);
      }
      join(traffic);
      awaitAll();
      long lost = factory.missing();
      double calm = quiet.percentileMillis(0.99);
      double busy = rotating.percentileMillis(0.99);
      conditions
          .with("sensors", factory.sensors.size())
          .with("readings_per_second", PER_SECOND)
          .with("rotation_seconds", Math.round(seconds))
          .with("loop", "open, from the intended send")
          .with("readings", factory.historian.seen())
          .with("readings_lost", lost)
          .with("readings_twice", factory.historian.twice())
          .with("readings_while_rotating", rotating.count())
          .with("durability", new DatabaseView(place).durability())
          .with("server_peak_mib", server.peakMebibytes());
      if (lost > 0) {
        throw new BenchFailure("mqtt-rotation: lost " + lost);
      }
      return new Figure(
          "mqtt-rotation",
          busy,
          "ms, p99",
          rotating.percentileMillis(0.50),
          busy,
          null,
          new Figure.Reference("the same factory at rest", calm, null),
          busy / calm,
          conditions.all());
    }

    /// Each sensor in its turn, at its moment, whatever became of the one before.
    private void send(AtomicBoolean over) {
      long step = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
      long next = System.nanoTime();
      for (int turn = 0; !over.get(); turn = (turn + 1) % factory.sensors.size()) {
        long early = next - System.nanoTime();
        if (early > 0) {
          LockSupport.parkNanos(early);
        }
        factory.sensors.get(turn).send(next);
        next += step;
      }
    }

    /// Spread over the length of a measurement.
    private void rotate() throws IOException {
      int sensors = factory.sensors.size();
      long began = System.nanoTime();
      long each = plan.length().toNanos() / sensors;
      var _ =
          Together.count(
              ROTATING_AT_ONCE,
              number -> {
                for (int i = number; i < sensors; i += ROTATING_AT_ONCE) {
                  long early = began + i * each - System.nanoTime();
                  if (early > 0) {
                    LockSupport.parkNanos(early);
                  }
                  factory.sensors.get(i).rotate();
                }
                return 0;
              });
    }

    private void awaitAll() {
      long end = System.nanoTime() + TIMEOUT.toNanos();
      while (factory.missing() > 0 && System.nanoTime() < end) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }

    private static void rest(Duration length) {
      long end = System.nanoTime() + length.toNanos();
      while (System.nanoTime() < end) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
    }

    private static void join(Thread thread) throws IOException {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("stopped", e);
      }
    }
  }
}
