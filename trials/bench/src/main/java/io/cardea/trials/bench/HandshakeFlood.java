package io.cardea.trials.bench;

import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.trials.bench.load.CsrMaker;
import io.cardea.trials.bench.load.Dialects;
import io.cardea.trials.bench.load.Flood;
import io.cardea.trials.bench.load.Generator;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.load.Lanes;
import io.cardea.trials.bench.load.Supply;
import io.cardea.trials.bench.load.Tally;
import io.cardea.trials.bench.load.Visits;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Renewals at a fixed rate, half on kept connections and half on fresh ones, while strangers open
/// connections, wait for the server's flight and leave; beside the same renewals in peace.
final class HandshakeFlood implements Scenario {
  private static final int KEPT = 150;
  private static final int FRESH = 150;
  private static final int STRANGERS = 2_000;
  private static final int IDENTITIES = 4_096;
  private static final int CONNECTIONS = 256;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    try (Place place = Place.make(plan.parent())) {
      int count = Math.min(IDENTITIES, plan.devices());
      plan.say("settling " + plan.devices() + " devices");
      List<Identity> identities = Population.settle(place, plan.devices(), count);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      int kept = Math.min(CONNECTIONS, Math.max(1, count / 4));
      try (RunningServer server = RunningServer.start(place, vm);
          Generator generator = new Generator(place.authorities());
          Lanes lanes =
              Lanes.tls(
                  generator, server.devicePort(), Dialects.est(), identities.subList(0, kept));
          Visits visits = new Visits(generator, identities.subList(kept, count));
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        return List.of(new Run(plan, place, server, lanes, visits, threads).figure());
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("flood", e);
    }
  }

  private static final class Run {
    private final Plan plan;
    private final Place place;
    private final RunningServer server;
    private final Lanes lanes;
    private final Visits visits;
    private final ExecutorService threads;
    private final CsrMaker maker = new CsrMaker(CryptoBackends.fastest());
    private final Renewals quiet = new Renewals(new ArrayList<>(), new ArrayList<>());
    private final Renewals flooded = new Renewals(new ArrayList<>(), new ArrayList<>());
    private long served;
    private long turnedAway;
    private double floodSeconds;

    private record Renewals(List<Tally> kept, List<Tally> fresh) {
      Tally all() {
        List<Tally> both = new ArrayList<>(kept);
        both.addAll(fresh);
        return Tally.of(both);
      }
    }

    Run(
        Plan plan,
        Place place,
        RunningServer server,
        Lanes lanes,
        Visits visits,
        ExecutorService threads) {
      this.plan = plan;
      this.place = place;
      this.server = server;
      this.lanes = lanes;
      this.visits = visits;
      this.threads = threads;
    }

    Figure figure() throws BenchFailure, IOException, SQLException {
      DatabaseView database = new DatabaseView(place);
      database.run("vacuum analyze");
      Conditions conditions = Conditions.of(plan, place);
      plan.say("warming up for " + plan.warmUp().toSeconds() + " s");
      renew(plan.warmUp().dividedBy(2), new Renewals(new ArrayList<>(), new ArrayList<>()));
      try (Flood _ = Flood.begin(server.devicePort(), STRANGERS)) {
        renew(plan.warmUp().dividedBy(2), new Renewals(new ArrayList<>(), new ArrayList<>()));
      }
      for (int number = 1; number <= plan.slices(); number++) {
        renew(plan.slice(), quiet);
        try (Flood flood = Flood.begin(server.devicePort(), STRANGERS)) {
          renew(plan.slice(), flooded);
          served += flood.served();
          turnedAway += flood.turnedAway();
          floodSeconds += flood.lasted().toMillis() / 1e3;
        }
        plan.say(
            String.format(
                Locale.ROOT,
                "slice %d: longest %.0f ms in peace, %.0f ms in the flood",
                number,
                Tally.of(List.of(quiet.kept().getLast(), quiet.fresh().getLast())).maxMillis(),
                Tally.of(List.of(flooded.kept().getLast(), flooded.fresh().getLast()))
                    .maxMillis()));
      }
      Tally calm = quiet.all();
      Tally storm = flooded.all();
      if (calm.succeeded() == 0 || storm.succeeded() == 0) {
        throw new BenchFailure("flood: nothing succeeded: " + calm.failures() + storm.failures());
      }
      int lost = database.lost(Tally.of(List.of(calm, storm)));
      double calmest = worst(calm);
      double stormiest = worst(storm);
      conditions
          .with("renewals_per_second_kept", KEPT)
          .with("renewals_per_second_fresh", FRESH)
          .with("loop", "open, from the intended send")
          .with("strangers_per_second", STRANGERS)
          .with("stranger_sources", Flood.SOURCES)
          .with("strangers_served_per_second", Math.round(served / floodSeconds))
          .with("strangers_turned_away_per_second", Math.round(turnedAway / floodSeconds))
          .with("slices", plan.slices())
          .with("kept_p99_ms", Conditions.millis(worst(Tally.of(flooded.kept()))))
          .with("fresh_p99_ms", Conditions.millis(worst(Tally.of(flooded.fresh()))))
          .with("quiet_kept_p99_ms", Conditions.millis(worst(Tally.of(quiet.kept()))))
          .with("quiet_fresh_p99_ms", Conditions.millis(worst(Tally.of(quiet.fresh()))))
          .with("max_ms", Conditions.millis(storm.maxMillis()))
          .with("samples", storm.succeeded())
          .with("durability", database.durability())
          .with("certificates_lost", lost + " of " + (calm.seen() + storm.seen()))
          .with("quiet_failures", Conditions.failures(calm))
          .withFailures(storm);
      if (lost > 0) {
        throw new BenchFailure("flood: lost " + lost);
      }
      return new Figure(
          "flood",
          stormiest,
          storm.hasPercentiles() ? "ms, p99" : "ms, maximum",
          EstReenrol.percentile(storm, 0.50),
          EstReenrol.percentile(storm, 0.99),
          null,
          new Figure.Reference("the same renewals in peace", calmest, null),
          stormiest / calmest,
          conditions.all());
    }

    private static double worst(Tally tally) {
      return tally.hasPercentiles() ? tally.percentileMillis(0.99) : tally.maxMillis();
    }

    private void renew(Duration length, Renewals into) throws IOException {
      Supply forKept = supply(KEPT, length);
      Supply forFresh = supply(FRESH, length);
      Future<Tally> kept = threads.submit(() -> lanes.open(KEPT, length, forKept));
      into.fresh().add(visits.open(server.devicePort(), Dialects.est(), FRESH, length, forFresh));
      try {
        into.kept().add(kept.get());
      } catch (ExecutionException e) {
        throw new IOException("the renewals on kept connections did not end", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("stopped", e);
      }
    }

    private Supply supply(int perSecond, Duration length) {
      return new Supply(maker, (int) (perSecond * length.toMillis() / 1_000 + 2));
    }
  }
}
