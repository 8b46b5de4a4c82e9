package io.cardea.trials.bench;

import io.cardea.apps.server.BackupKeys;
import io.cardea.apps.server.HostBackup;
import io.cardea.apps.server.HostRestore;
import io.cardea.apps.server.LongWork;
import io.cardea.apps.server.PastRecords;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Backups;
import io.cardea.platform.keys.CryptoBackends;
import io.cardea.trials.bench.load.CsrMaker;
import io.cardea.trials.bench.load.Dialects;
import io.cardea.trials.bench.load.Generator;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.load.Lanes;
import io.cardea.trials.bench.load.Supply;
import io.cardea.trials.bench.load.Tally;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Multitude;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A backup of a whole fleet while its devices renew, beside PostgreSQL's own copying alone, and
/// its restore into an empty database. What the server's devices notice of it is part of the
/// figure.
final class BackupAndRestore implements Scenario {
  private static final int MANY = 1_000_000;
  private static final int PLAYED = 256;
  private static final int RATE = 300;
  private static final Duration SLICE = Duration.ofSeconds(5);

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    try (Place place = Place.make(plan.parent())) {
      return new Run(plan, place).all();
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("backup", e);
    }
  }

  private static final class Run {
    private final Plan plan;
    private final Place place;
    private final DatabaseView database;
    private final Path file;
    private final CsrMaker maker = new CsrMaker(CryptoBackends.fastest());

    Run(Plan plan, Place place) {
      this.plan = plan;
      this.place = place;
      this.database = new DatabaseView(place);
      this.file = place.root().resolve("backup");
    }

    private record Timed(Backups.Copied copied, double seconds) {}

    List<Figure> all()
        throws BenchFailure, IOException, SQLException, StartFailure, ConfigException, Refused {
      int devices = plan.devicesOr(MANY);
      int played = Math.min(PLAYED, devices);
      List<Identity> identities = Population.settle(place, played, played);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");
      Conditions conditions = Conditions.of(plan, place).with("devices", devices);
      Figure backup;
      long plain;
      try (RunningServer server = RunningServer.start(place, vm)) {
        plan.say("adding " + (devices - played) + " devices with three credentials each");
        int[] added = {0};
        Multitude.add(database, devices - played, () -> plan.say("added " + (added[0] += 50_000)));
        database.run("checkpoint");
        // Only now: connections that nobody uses are closed after a minute.
        try (Generator generator = new Generator(place.authorities());
            Lanes lanes = Lanes.tls(generator, server.devicePort(), Dialects.est(), identities)) {
          plan.say("warming up");
          var _ = lanes.open(RATE, plan.warmUp(), supply(plan.warmUp()));
          plan.say("quiet: " + RATE + "/s for " + plan.length().toSeconds() + " s");
          Tally quiet = lanes.open(RATE, plan.length(), supply(plan.length()));
          List<Tally> during = new ArrayList<>();
          Timed timed = backUpUnder(lanes, during);
          plan.say("PostgreSQL's own copying");
          long began = System.nanoTime();
          plain = copyAlone();
          double alone = (System.nanoTime() - began) / 1e9;
          plan.say(String.format(Locale.ROOT, "copied %,d bytes in %.1f s", plain, alone));
          backup =
              backupFigure(timed, alone, plain, quiet, Tally.of(during), copy(conditions), server);
        }
      }
      plan.say("verifying");
      long began = System.nanoTime();
      HostBackup.Verified verified = HostBackup.verify(file, keys(), LongWork.UNSEEN);
      double verify = (System.nanoTime() - began) / 1e9;
      if (verified.inside().isEmpty()) {
        throw new BenchFailure("backup: nothing was verified");
      }
      return List.of(backup, restoreFigure(verify, plain, copy(conditions)));
    }

    private Supply supply(Duration length) {
      return new Supply(maker, (int) (RATE * length.toMillis() / 1_000 + 1));
    }

    private static BackupKeys keys() {
      return new BackupKeys(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// Every table to nowhere, by one connection, as `copy … to stdout` gives it.
    private long copyAlone() throws IOException, SQLException {
      return database.copyEverything();
    }

    private Timed backUpUnder(Lanes lanes, List<Tally> during)
        throws BenchFailure, IOException, ConfigException {
      Config config = Config.of(place.config());
      plan.say("backing up under " + RATE + "/s");
      try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
        Future<Timed> backup =
            threads.submit(() -> {
              long began = System.nanoTime();
              try (OutputStream out =
                  new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
                Backups.Copied copied =
                    HostBackup.make(config, out, Backups.Form.CLEAR, LongWork.UNSEEN);
                return new Timed(copied, (System.nanoTime() - began) / 1e9);
              }
            });
        do {
          Tally slice = lanes.open(RATE, SLICE, supply(SLICE));
          if (!backup.isDone() || during.isEmpty()) {
            during.add(slice);
          }
        } while (!backup.isDone());
        return backup.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("stopped", e);
      } catch (ExecutionException e) {
        throw new BenchFailure("backup: " + e.getCause());
      }
    }

    private Figure backupFigure(
        Timed timed,
        double alone,
        long plain,
        Tally quiet,
        Tally during,
        Conditions conditions,
        RunningServer server)
        throws IOException, SQLException {
      Double before = EstReenrol.percentile(quiet, 0.99);
      Double meanwhile = EstReenrol.percentile(during, 0.99);
      conditions
          .with("credentials", database.tell("select count(*)::text from credential"))
          .with("ledger_entries", database.tell("select count(*)::text from ledger_entry"))
          .with("rows", timed.copied().rows())
          .with("bytes_of_rows", plain)
          .with("bytes_of_file", timed.copied().bytes())
          .with("mb_per_second", Conditions.millis(plain / 1e6 / timed.seconds()))
          .with("renewals_per_second", RATE)
          .with("p99_quiet_ms", before == null ? "too few" : Conditions.millis(before))
          .with("p99_during_ms", meanwhile == null ? "too few" : Conditions.millis(meanwhile))
          .with(
              "p99_ratio",
              before == null || meanwhile == null
                  ? "too few"
                  : Conditions.millis(meanwhile / before))
          .with("reference_while", "nobody renews")
          .with("server_peak_mib", server.peakMebibytes())
          .with("durability", database.durability())
          .withFailures(during);
      return new Figure(
          "backup",
          timed.seconds(),
          "s",
          EstReenrol.percentile(during, 0.50),
          meanwhile,
          null,
          new Figure.Reference("COPY of every table to nowhere", alone, null),
          timed.seconds() / alone,
          conditions.all());
    }

    private Figure restoreFigure(double verify, long plain, Conditions conditions)
        throws IOException, StartFailure {
      Path into = place.root().resolve("restored");
      Files.createDirectory(
          into, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
      plan.say("restoring");
      long began = System.nanoTime();
      HostRestore.Restored restored =
          HostRestore.restore(
              new HostRestore.Order(
                  file,
                  keys(),
                  new HostRestore.Target.DataDirectory(into),
                  false,
                  PastRecords.NONE),
              LongWork.UNSEEN);
      double seconds = (System.nanoTime() - began) / 1e9;
      conditions
          .with(
              "rows",
              restored.inside().tables().stream().mapToLong(HostBackup.Inside.Table::rows).sum())
          .with("mb_per_second", Conditions.millis(plain / 1e6 / seconds))
          .with("into", "a new embedded database, indexes and analysis included");
      return new Figure(
          "restore",
          seconds,
          "s",
          null,
          null,
          null,
          new Figure.Reference("cardea backup verify", verify, null),
          seconds / verify,
          conditions.all());
    }

    private static Conditions copy(Conditions common) {
      Conditions copy = new Conditions();
      common.all().forEach(copy::with);
      return copy;
    }
  }
}
