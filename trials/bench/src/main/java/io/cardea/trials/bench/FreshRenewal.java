package io.cardea.trials.bench;

import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.trials.bench.load.CsrMaker;
import io.cardea.trials.bench.load.Dialects;
import io.cardea.trials.bench.load.Generator;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.load.Supply;
import io.cardea.trials.bench.load.Tally;
import io.cardea.trials.bench.load.Visits;
import io.cardea.trials.bench.rig.BareMain;
import io.cardea.trials.bench.rig.Child;
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
import java.util.Locale;

/// What a device costs that comes once in a while: a connection, a whole handshake with its own
/// certificate, one renewal with a fresh key, and gone. Beside it the same handshake with nothing
/// behind it.
final class FreshRenewal implements Scenario {
  private static final int IDENTITIES = 4_096;
  private static final int AT_ONCE = 16;
  private static final int MOST_A_SECOND = 2_000;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    try (Place place = Place.make(plan.parent())) {
      int count = Math.min(IDENTITIES, plan.devices());
      plan.say("settling " + plan.devices() + " devices");
      List<Identity> identities = Population.settle(place, plan.devices(), count);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      try (RunningServer server = RunningServer.start(place, vm);
          Bare bare = Bare.start(place, vm);
          Generator generator = new Generator(place.authorities());
          Visits visits = new Visits(generator, identities)) {
        return List.of(new Run(plan, place, server, bare, generator, visits).figure(count, vm));
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("fresh-mtls-renewal", e);
    }
  }

  /// The edge alone.
  private record Bare(Child process, int port) implements AutoCloseable {
    static Bare start(Place place, List<String> vm) throws IOException {
      int port = Ports.free().devices();
      List<String> arguments = List.of(place.root().toString(), "" + port);
      Child process = Child.java(vm, BareMain.class, arguments, place.log("bare"), BareMain.READY);
      process.awaitReady();
      return new Bare(process, port);
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private static final class Run {
    private final Plan plan;
    private final Place place;
    private final RunningServer server;
    private final Bare bare;
    private final Generator generator;
    private final Visits visits;
    private final DatabaseView database;
    private final CsrMaker maker = new CsrMaker(CryptoBackends.fastest());
    private final List<Tally> renewals = new ArrayList<>();
    private final List<Tally> handshakes = new ArrayList<>();
    private double serverCpu;
    private double databaseCpu;
    private double clientCpu;
    private double bareCpu;

    Run(
        Plan plan,
        Place place,
        RunningServer server,
        Bare bare,
        Generator generator,
        Visits visits) {
      this.plan = plan;
      this.place = place;
      this.server = server;
      this.bare = bare;
      this.generator = generator;
      this.visits = visits;
      this.database = new DatabaseView(place);
    }

    Figure figure(int identities, List<String> vm) throws BenchFailure, IOException, SQLException {
      database.run("vacuum analyze");
      Conditions conditions = Conditions.of(plan, place);
      plan.say("warming both up for " + plan.warmUp().toSeconds() + " s each");
      var _ = renew(plan.warmUp(), supply(plan.warmUp()));
      var _ = shake(plan.warmUp(), supply(plan.warmUp()));
      long wholeBefore = generator.fullHandshakes();
      for (int number = 1; number <= plan.slices(); number++) {
        Supply supply = supply(plan.slice());
        measureRenewals(supply);
        measureHandshakes(supply.again());
        plan.say(
            String.format(
                Locale.ROOT,
                "slice %d: %,.0f renewals/s, %,.0f bare handshakes/s",
                number,
                renewals.getLast().perSecond(),
                handshakes.getLast().perSecond()));
      }
      Tally renewed = Tally.of(renewals);
      Tally shaken = Tally.of(handshakes);
      if (renewed.succeeded() == 0 || shaken.succeeded() == 0) {
        throw new BenchFailure(
            "fresh-mtls-renewal: nothing succeeded: " + renewed.failures() + shaken.failures());
      }
      long whole = generator.fullHandshakes() - wholeBefore;
      long resumed = Math.max(0, renewed.succeeded() + shaken.succeeded() - whole);
      double cost = serverCpu / renewed.succeeded();
      double bareCost = bareCpu / shaken.succeeded();
      conditions
          .with("client_certificates", identities)
          .with("at_once", AT_ONCE)
          .with("slices", plan.slices())
          .with("tls", "1.3")
          .with("resumed_handshakes", resumed)
          .with("keys", "a fresh EC P-256 key and request each, made before each slice")
          .with("rate_limit_per_tenth_of_life", Population.CANDIDATES_PER_TENTH)
          .with("durability", database.durability())
          .with("renewals_per_second", Math.round(renewed.perSecond()))
          .with("reference_per_second", Math.round(shaken.perSecond()))
          .with("server_vm", String.join(" ", vm))
          .with("server_peak_mib", server.peakMebibytes())
          .with("max_ms", Conditions.millis(renewed.maxMillis()))
          .with("reference_failures", Conditions.failures(shaken))
          .withFailures(renewed);
      if (resumed > 0) {
        throw new BenchFailure("fresh-mtls-renewal: " + resumed + " handshakes were no whole ones");
      }
      return new Figure(
          "fresh-mtls-renewal",
          cost,
          "ms of server CPU",
          EstReenrol.percentile(renewed, 0.50),
          EstReenrol.percentile(renewed, 0.99),
          new Figure.CpuPerOp(
              cost, databaseCpu / renewed.succeeded(), clientCpu / renewed.succeeded()),
          new Figure.Reference("a bare handshake, same engine", bareCost, bareCost),
          cost / bareCost,
          conditions.all());
    }

    private Supply supply(Duration length) {
      return new Supply(maker, (int) (MOST_A_SECOND * length.toMillis() / 1_000));
    }

    private Tally renew(Duration length, Supply supply) throws IOException {
      return visits.closed(server.devicePort(), Dialects.est(), AT_ONCE, length, supply);
    }

    private Tally shake(Duration length, Supply supply) throws IOException {
      return visits.closed(bare.port(), Dialects.bare(BareMain.PATH), AT_ONCE, length, supply);
    }

    private void measureRenewals(Supply supply) throws IOException {
      double serverBefore = server.cpuMillis();
      double databaseBefore = server.databaseCpuMillis();
      double clientBefore = Cpu.millis(ProcessHandle.current().pid());
      renewals.add(renew(plan.slice(), supply));
      serverCpu += server.cpuMillis() - serverBefore;
      databaseCpu += server.databaseCpuMillis() - databaseBefore;
      clientCpu += Cpu.millis(ProcessHandle.current().pid()) - clientBefore;
    }

    private void measureHandshakes(Supply supply) throws IOException {
      double before = Cpu.millis(bare.process().pid());
      handshakes.add(shake(plan.slice(), supply));
      bareCpu += Cpu.millis(bare.process().pid()) - before;
    }
  }
}
