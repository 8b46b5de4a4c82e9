package io.cardea.trials.bench;

import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.trials.bench.load.CsrMaker;
import io.cardea.trials.bench.load.Dialects;
import io.cardea.trials.bench.load.Generator;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.load.Lanes;
import io.cardea.trials.bench.load.Supply;
import io.cardea.trials.bench.load.Tally;
import io.cardea.trials.bench.rig.Cfssl;
import io.cardea.trials.bench.rig.Cpu;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Renewals over kept-alive connections, each with a fresh key: how many at most, at which cost,
/// and how long one takes at a fixed rate. At the end everything is killed under load, and every
/// certificate that a device has seen must be there again.
final class EstReenrol implements Scenario {
  private static final int CONNECTIONS = 1_024;
  private static final int IN_FLIGHT = 64;
  private static final int FIXED_RATE = 3_000;
  private static final int MOST_A_SECOND = 9_000;
  private static final Duration UNDER_LOAD = Duration.ofSeconds(2);

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    try (Place place = Place.make(plan.parent())) {
      return new Run(plan, place).all();
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("est-reenrol", e);
    }
  }

  /// Nothing when there are too few samples.
  static @Nullable Double percentile(Tally tally, double share) {
    return tally.hasPercentiles() ? tally.percentileMillis(share) : null;
  }

  /// CPU milliseconds of all who take part, at one moment.
  private record Spent(double server, double database, double client, double reference) {
    Spent since(Spent before) {
      return new Spent(
          server - before.server,
          database - before.database,
          client - before.client,
          reference - before.reference);
    }

    Spent plus(Spent other) {
      return new Spent(
          server + other.server,
          database + other.database,
          client + other.client,
          reference + other.reference);
    }
  }

  private static final class Run {
    private final Plan plan;
    private final Place place;
    private final CsrMaker maker = new CsrMaker(CryptoBackends.fastest());
    private final List<Tally> ours = new ArrayList<>();
    private final List<Tally> theirs = new ArrayList<>();
    private final List<Tally> everything = new ArrayList<>();
    private Spent oursSpent = new Spent(0, 0, 0, 0);
    private Spent theirsSpent = new Spent(0, 0, 0, 0);
    private final List<String> vm;
    private int madeLate;

    Run(Plan plan, Place place) {
      this.plan = plan;
      this.place = place;
      this.vm = plan.serverVm("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");
    }

    List<Figure> all()
        throws BenchFailure, IOException, SQLException, StartFailure, ConfigException, Refused {
      int connections = Math.min(CONNECTIONS, plan.devices());
      plan.say("settling " + plan.devices() + " devices");
      List<Identity> identities = Population.settle(place, plan.devices(), connections);
      DatabaseView database = new DatabaseView(place);
      List<Figure> figures;
      Conditions conditions;
      try (RunningServer server = RunningServer.start(place, vm);
          Generator generator = new Generator(place.authorities())) {
        database.run("vacuum analyze");
        Optional<Cfssl> cfssl = Cfssl.start(place);
        try {
          conditions = Conditions.of(plan, place);
          plan.say("opening " + connections + " connections");
          try (Lanes lanes =
              Lanes.tls(generator, server.devicePort(), Dialects.est(), identities)) {
            long before = database.checkpoints();
            capacity(server, generator, lanes, cfssl);
            Tally all = Tally.of(ours);
            if (all.succeeded() == 0) {
              throw new BenchFailure("est-reenrol: nothing succeeded: " + all.failures());
            }
            int rate = rate(all.perSecond());
            Tally latency = latency(lanes, rate);
            describe(conditions, connections, database, server, before);
            figures =
                List.of(
                    capacityFigure(all, cfssl, conditions),
                    latencyFigure(latency, rate, conditions));
            dieUnderLoad(lanes, server);
          }
        } finally {
          if (cfssl.isPresent()) {
            cfssl.get().close();
          }
        }
      }
      return withLosses(figures, database);
    }

    private void capacity(
        RunningServer server, Generator generator, Lanes lanes, Optional<Cfssl> cfssl)
        throws IOException {
      @Nullable Lanes others =
          cfssl.isPresent()
              ? Lanes.plain(generator, cfssl.get().port(), Dialects.cfssl(), IN_FLIGHT)
              : null;
      try {
        plan.say("warming up for " + plan.warmUp().toSeconds() + " s");
        Supply warm = supply(plan.warmUp());
        everything.add(lanes.closed(IN_FLIGHT, plan.warmUp(), warm));
        if (others != null) {
          var _ = others.closed(IN_FLIGHT, plan.warmUp().dividedBy(4), warm.again());
        }
        for (int number = 1; number <= plan.slices(); number++) {
          Supply supply = supply(plan.slice());
          Spent before = spent(server, cfssl);
          Tally slice = lanes.closed(IN_FLIGHT, plan.slice(), supply);
          oursSpent = oursSpent.plus(spent(server, cfssl).since(before));
          madeLate += supply.madeLate();
          ours.add(slice);
          everything.add(slice);
          plan.say(String.format("slice %d: %,.0f/s", number, slice.perSecond()));
          if (others != null) {
            before = spent(server, cfssl);
            Tally other = others.closed(IN_FLIGHT, plan.slice(), supply.again());
            theirsSpent = theirsSpent.plus(spent(server, cfssl).since(before));
            theirs.add(other);
            plan.say(String.format("slice %d: cfssl %,.0f/s", number, other.perSecond()));
          }
        }
      } finally {
        if (others != null) {
          others.close();
        }
      }
    }

    private Supply supply(Duration length) {
      return new Supply(maker, (int) (MOST_A_SECOND * length.toMillis() / 1_000));
    }

    private static Spent spent(RunningServer server, Optional<Cfssl> cfssl) throws IOException {
      return new Spent(
          server.cpuMillis(),
          server.databaseCpuMillis(),
          Cpu.millis(ProcessHandle.current().pid()),
          cfssl.isPresent() ? Cpu.millis(cfssl.get().pid()) : 0);
    }

    /// The fixed rate, or four fifths of what there is where that is too little.
    private static int rate(double capacity) {
      return capacity * 0.8 >= FIXED_RATE ? FIXED_RATE : Math.max(1, (int) (capacity * 0.8));
    }

    private Tally latency(Lanes lanes, int rate) throws IOException {
      plan.say("at a fixed " + rate + "/s");
      Supply supply = new Supply(maker, (int) (rate * plan.length().toMillis() / 1_000 + 1));
      Tally tally = lanes.open(rate, plan.length(), supply);
      everything.add(tally);
      return tally;
    }

    private void describe(
        Conditions conditions,
        int connections,
        DatabaseView database,
        RunningServer server,
        long checkpointsBefore)
        throws IOException, SQLException {
      conditions
          .with("connections", connections)
          .with("client_certificates", connections)
          .with("in_flight", IN_FLIGHT)
          .with("slices", plan.slices())
          .with("keys", "a fresh EC P-256 key and request each, made before each slice")
          .with("keys_made_late", madeLate)
          .with("rate_limit_per_tenth_of_life", Population.CANDIDATES_PER_TENTH)
          .with("durability", database.durability())
          .with("checkpoints", database.checkpoints() - checkpointsBefore)
          .with("server_vm", String.join(" ", vm))
          .with("server_peak_mib", server.peakMebibytes());
    }

    private Figure capacityFigure(Tally all, Optional<Cfssl> cfssl, Conditions common) {
      Conditions conditions = copy(common).with("loop", "closed").withFailures(all);
      int count = all.succeeded();
      Figure.CpuPerOp cpu =
          new Figure.CpuPerOp(
              oursSpent.server() / count, oursSpent.database() / count, oursSpent.client() / count);
      Figure.Reference reference = null;
      Double ratio = null;
      if (cfssl.isPresent()) {
        Tally other = Tally.of(theirs);
        reference =
            new Figure.Reference(
                "cfssl serve " + cfssl.get().version() + ", which stores nothing",
                other.perSecond(),
                theirsSpent.reference() / Math.max(1, other.succeeded()));
        ratio = all.perSecond() / other.perSecond();
        conditions
            .with("reference_failures", Conditions.failures(other))
            .with(
                "reference_client_cpu_ms",
                Conditions.millis(theirsSpent.client() / Math.max(1, other.succeeded())));
      } else {
        conditions.with("reference_missing", "cfssl is not installed (golang-cfssl)");
      }
      return new Figure(
          "est-reenrol",
          all.perSecond(),
          "certificates/s",
          percentile(all, 0.50),
          percentile(all, 0.99),
          cpu,
          reference,
          ratio,
          conditions.all());
    }

    private static Figure latencyFigure(Tally tally, int rate, Conditions common) {
      Conditions conditions =
          copy(common)
              .with("loop", "open, from the intended send")
              .with("rate_per_second", rate)
              .with("samples", tally.succeeded())
              .with("max_ms", Conditions.millis(tally.maxMillis()))
              .withFailures(tally);
      Double p99 = percentile(tally, 0.99);
      return new Figure(
          "est-reenrol-latency",
          p99 == null ? tally.maxMillis() : p99,
          p99 == null ? "ms, maximum" : "ms, p99",
          percentile(tally, 0.50),
          p99,
          null,
          null,
          null,
          conditions.all());
    }

    private static Conditions copy(Conditions common) {
      Conditions copy = new Conditions();
      common.all().forEach(copy::with);
      return copy;
    }

    private void dieUnderLoad(Lanes lanes, RunningServer server) throws IOException {
      plan.say("killing server and database under load");
      Lanes.Running running = lanes.closedUntilTold(IN_FLIGHT, supply(UNDER_LOAD));
      long end = System.nanoTime() + UNDER_LOAD.dividedBy(2).toNanos();
      while (System.nanoTime() - end < 0) {
        LockSupport.parkNanos(end - System.nanoTime());
      }
      server.kill();
      everything.add(running.end());
    }

    private List<Figure> withLosses(List<Figure> figures, DatabaseView database)
        throws BenchFailure, IOException, SQLException {
      Tally all = Tally.of(everything);
      int lost;
      long unrecorded;
      try (RunningServer again = RunningServer.start(place, vm)) {
        plan.say(String.format("ready again after %.0f ms", again.readyMillis()));
        lost = database.lost(all);
        unrecorded = database.unrecorded();
      }
      String words = "lost " + lost + " of " + all.seen();
      plan.say(words + ", not in the ledger " + unrecorded);
      if (lost > 0 || unrecorded > 0) {
        throw new BenchFailure(
            "est-reenrol: " + words + ", not in the ledger " + unrecorded + " after kill -9");
      }
      for (Figure figure : figures) {
        figure.conditions().put("after_kill_9", words);
      }
      return figures;
    }
  }
}
