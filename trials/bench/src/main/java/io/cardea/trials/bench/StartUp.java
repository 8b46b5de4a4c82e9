package io.cardea.trials.bench;

import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.trials.bench.load.CsrMaker;
import io.cardea.trials.bench.load.Dialects;
import io.cardea.trials.bench.load.Generator;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.load.Lanes;
import io.cardea.trials.bench.load.Supply;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// How long a server is away: from the start of its process to its first healthy answer, after a
/// clean stop and after a kill under load. Beside it what its database takes alone.
final class StartUp implements Scenario {
  private static final int RUNS = 5;
  private static final int CONNECTIONS = 64;
  private static final int MOST_A_SECOND = 9_000;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    try (Place place = Place.make(plan.parent())) {
      plan.say("settling " + plan.devices() + " devices");
      List<Identity> identities =
          Population.settle(place, plan.devices(), Math.min(CONNECTIONS, plan.devices()));
      Run run = new Run(plan, place, identities);
      return List.of(run.afterCleanStop(), run.afterKill());
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("start", e);
    }
  }

  /// Milliseconds of several runs: too few for percentiles.
  private static final class Times {
    private final List<Double> millis = new ArrayList<>();

    void add(double each) {
      millis.add(each);
    }

    double median() {
      List<Double> sorted = new ArrayList<>(millis);
      Collections.sort(sorted);
      return sorted.get(sorted.size() / 2);
    }

    double max() {
      return Collections.max(millis);
    }

    List<Long> rounded() {
      return millis.stream().map(Math::round).toList();
    }
  }

  private static final class Run {
    private final Plan plan;
    private final Place place;
    private final List<Identity> identities;
    private final List<String> vm;
    private final DatabaseView database;
    private final CsrMaker maker = new CsrMaker(CryptoBackends.fastest());

    Run(Plan plan, Place place, List<Identity> identities) {
      this.plan = plan;
      this.place = place;
      this.identities = identities;
      this.vm = plan.serverVm();
      this.database = new DatabaseView(place);
    }

    Figure afterCleanStop() throws IOException {
      Conditions conditions = Conditions.of(plan, place);
      Times server = new Times();
      Times alone = new Times();
      List<String> slowest = List.of();
      for (int number = 1; number <= RUNS; number++) {
        try (RunningServer started = RunningServer.start(place, vm)) {
          server.add(started.readyMillis());
          if (started.readyMillis() >= server.max()) {
            slowest = started.timeline();
          }
        }
        alone.add(databaseAlone());
        say("clean stop", number, server, alone);
      }
      slowest.forEach(plan::say);
      return figure("start", server, alone, conditions);
    }

    Figure afterKill() throws IOException, SQLException {
      Conditions conditions = Conditions.of(plan, place);
      Times server = new Times();
      Times alone = new Times();
      List<Long> serverLog = new ArrayList<>();
      List<Long> aloneLog = new ArrayList<>();
      for (int number = 1; number <= RUNS; number++) {
        serverLog.add(killUnderLoad() >> 20);
        try (RunningServer started = RunningServer.start(place, vm)) {
          server.add(started.readyMillis());
        }
        aloneLog.add(killUnderLoad() >> 20);
        alone.add(databaseAlone());
        say("kill -9", number, server, alone);
      }
      conditions
          .with("load_before_kill_seconds", load().toMillis() / 1e3)
          .with("outstanding_log_mib", serverLog.toString())
          .with("reference_outstanding_log_mib", aloneLog.toString());
      return figure("start-after-kill", server, alone, conditions);
    }

    private Duration load() {
      Duration sixth = plan.length().dividedBy(6);
      return sixth.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : sixth;
    }

    /// @return the bytes of write-ahead log that the next start has to go through
    private long killUnderLoad() throws IOException, SQLException {
      try (RunningServer server = RunningServer.start(place, vm);
          Generator generator = new Generator(place.authorities());
          Lanes lanes = Lanes.tls(generator, server.devicePort(), Dialects.est(), identities)) {
        database.run("checkpoint");
        Supply supply = new Supply(maker, (int) (MOST_A_SECOND * load().toMillis() / 1_000));
        var _ = lanes.closed(identities.size(), load(), supply);
        Lanes.Running running = lanes.closedUntilTold(identities.size(), supply);
        long outstanding = database.outstandingLog();
        server.kill();
        var _ = running.end();
        return outstanding;
      }
    }

    private double databaseAlone() {
      long began = System.nanoTime();
      try (EmbeddedPostgres _ = EmbeddedPostgres.start(place.server().resolve("postgres"))) {
        return (System.nanoTime() - began) / 1e6;
      }
    }

    private void say(String after, int number, Times server, Times alone) {
      plan.say(
          String.format(
              Locale.ROOT,
              "run %d after %s: %d ms, the database alone %d ms",
              number,
              after,
              server.rounded().getLast(),
              alone.rounded().getLast()));
    }

    private Figure figure(String name, Times server, Times alone, Conditions conditions)
        throws IOException {
      conditions
          .with("median_ms", Conditions.millis(server.median()))
          .with("runs_ms", server.rounded().toString())
          .with("reference_runs_ms", alone.rounded().toString())
          .with("page_cache", "warm")
          .with("class_path", RunningServer.classPath())
          .with("aot_cache", RunningServer.cache())
          .with("server_vm", vm.isEmpty() ? "as the launcher starts it" : String.join(" ", vm));
      return new Figure(
          name,
          server.max(),
          "ms, maximum",
          null,
          null,
          null,
          new Figure.Reference("its database alone, maximum", alone.max(), null),
          server.median() / alone.median(),
          conditions.all());
    }
  }
}
