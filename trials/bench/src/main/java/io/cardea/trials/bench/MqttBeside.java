package io.cardea.trials.bench;

import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.rig.Cpu;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Mosquitto;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The embedded broker and Debian's Mosquitto, the same work for each, by turns.
final class MqttBeside {
  static final int USUAL_DEVICES = 2_000;

  private final String name;
  private final String unit;

  /// The work of one slice.
  interface Work extends AutoCloseable {
    /// @return how often it was done
    long run(Duration length) throws IOException;

    @Override
    void close() throws IOException;
  }

  /// Begins the work at the broker of this port.
  interface Begin {
    Work at(int port, List<Identity> identities) throws IOException;
  }

  private record Side(long done, double seconds, double server, double database, double client) {
    static final Side NONE = new Side(0, 0, 0, 0, 0);

    Side plus(Side other) {
      return new Side(
          done + other.done,
          seconds + other.seconds,
          server + other.server,
          database + other.database,
          client + other.client);
    }

    double perSecond() {
      return done / seconds;
    }
  }

  /// What the processor has spent so far.
  private interface Meter {
    double[] read() throws IOException;
  }

  MqttBeside(String name, String unit) {
    this.name = name;
    this.unit = unit;
  }

  static Place place(Plan plan) throws IOException {
    return Place.make(plan.parent(), Map.of("mqtt.listen", "127.0.0.1:" + Ports.free().devices()));
  }

  static int port(Place place) {
    String listen = place.config().getOrDefault("mqtt.listen", "");
    return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
  }

  List<Figure> run(Plan plan, Begin begin, Map<String, Object> more) throws BenchFailure {
    try (Place place = place(plan)) {
      int devices = plan.devicesOr(USUAL_DEVICES);
      plan.say("settling " + devices + " devices");
      List<Identity> identities =
          Population.settle(place, devices, Math.min(USUAL_DEVICES, devices));
      List<String> vm = plan.serverVm("-Xms768m", "-Xmx768m", "-XX:+AlwaysPreTouch");
      try (RunningServer server = RunningServer.start(place, vm)) {
        DatabaseView database = new DatabaseView(place);
        database.run("vacuum analyze");
        Optional<Mosquitto> other = Mosquitto.start(place);
        try {
          return List.of(figure(plan, place, server, other, identities, begin, more));
        } finally {
          other.ifPresent(Mosquitto::close);
        }
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure(name, e);
    }
  }

  private Figure figure(
      Plan plan,
      Place place,
      RunningServer server,
      Optional<Mosquitto> other,
      List<Identity> identities,
      Begin begin,
      Map<String, Object> more)
      throws IOException, SQLException, BenchFailure {
    Conditions conditions = Conditions.of(plan, place);
    conditions.with("devices", plan.devicesOr(USUAL_DEVICES));
    long us = ProcessHandle.current().pid();
    Meter ours =
        () -> new double[] {server.cpuMillis(), server.databaseCpuMillis(), Cpu.millis(us)};
    Side mine = Side.NONE;
    Side theirs = Side.NONE;
    try (Work work = begin.at(port(place), identities);
        Work reference =
            other.isPresent() ? begin.at(other.get().port(), identities) : new Idle()) {
      plan.say("warming up for " + plan.warmUp().toSeconds() + " s");
      var _ = work.run(plan.warmUp());
      var _ = reference.run(plan.warmUp().dividedBy(4));
      for (int number = 1; number <= plan.slices(); number++) {
        Side slice = measured(work, plan.slice(), ours);
        mine = mine.plus(slice);
        plan.say(String.format(Locale.ROOT, "slice %d: %,.0f/s", number, slice.perSecond()));
        if (other.isPresent()) {
          Mosquitto peer = other.get();
          slice =
              measured(
                  reference,
                  plan.slice(),
                  () -> new double[] {peer.cpuMillis(), 0, Cpu.millis(us)});
          theirs = theirs.plus(slice);
          plan.say(
              String.format(Locale.ROOT, "slice %d: Mosquitto %,.0f/s", number, slice.perSecond()));
        }
      }
    }
    if (mine.done() == 0) {
      throw new BenchFailure(name + ": nothing succeeded");
    }
    more.forEach(conditions::with);
    conditions
        .with("slices", plan.slices())
        .with("loop", "closed")
        .with(
            "reference_keeps", "nothing on the disk; the embedded broker keeps sessions and queues")
        .with("server_peak_mib", server.peakMebibytes())
        .with("durability", new DatabaseView(place).durability());
    return new Figure(
        name,
        mine.perSecond(),
        unit,
        null,
        null,
        new Figure.CpuPerOp(
            mine.server() / mine.done(),
            mine.database() / mine.done(),
            mine.client() / mine.done()),
        other.isEmpty()
            ? null
            : new Figure.Reference(
                "Debian's Mosquitto, mTLS", theirs.perSecond(), theirs.server() / theirs.done()),
        other.isEmpty() ? null : mine.perSecond() / theirs.perSecond(),
        conditions.all());
  }

  private static Side measured(Work work, Duration length, Meter meter) throws IOException {
    double[] before = meter.read();
    long began = System.nanoTime();
    long done = work.run(length);
    double seconds = (System.nanoTime() - began) / 1e9;
    double[] after = meter.read();
    return new Side(
        done, seconds, after[0] - before[0], after[1] - before[1], after[2] - before[2]);
  }

  private static final class Idle implements Work {
    @Override
    public long run(Duration length) {
      return 0;
    }

    @Override
    public void close() {}
  }
}
