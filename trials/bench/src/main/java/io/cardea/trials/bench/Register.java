package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.OwnCommand;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/// A file of devices through the command line, from the start of the command to its end, beside a
/// bare COPY of the same rows into a table of the same columns and indexes; then the server is
/// killed, and everything is found again.
final class Register implements Scenario {
  private static final int MANY = 1_000_000;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    int devices = plan.devicesOr(MANY);
    try (Place place = Place.make(plan.parent())) {
      var _ = Population.settle(place, 1, 0);
      Path file = place.root().resolve("fleet.csv");
      write(file, devices);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      try (RunningServer server = RunningServer.start(place, vm);
          ControlPlane api = place.api()) {
        api.awaitReady();
        return List.of(figure(plan, place, server, file, devices));
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("register", e);
    }
  }

  private static Figure figure(Plan plan, Place place, RunningServer server, Path file, int devices)
      throws IOException, SQLException, BenchFailure {
    DatabaseView database = new DatabaseView(place);
    plan.say("registering " + devices + " devices");
    double cpu = server.cpuMillis();
    double databaseCpu = server.databaseCpuMillis();
    OwnCommand run = imported(place, file);
    Figure.CpuPerOp split =
        new Figure.CpuPerOp(
            (server.cpuMillis() - cpu) / devices,
            (server.databaseCpuMillis() - databaseCpu) / devices,
            run.cpuMillis() / devices);
    expect(run, devices, 0);
    long peak = server.peakMebibytes();
    plan.say("once more, which changes nothing");
    OwnCommand again = imported(place, file);
    expect(again, 0, devices);
    plan.say("the same rows by COPY");
    double copy = copied(database);
    String durability = database.durability();
    server.kill();
    try (RunningServer back = RunningServer.start(place, plan.serverVm())) {
      Conditions conditions =
          Conditions.of(plan, place)
              .with("devices", devices)
              .with("file_bytes", Files.size(file))
              .with("devices_per_second", Math.round(devices / run.seconds()))
              .with("again_seconds", again.seconds())
              .with("server_peak_mib", peak)
              .with("after_kill_9", "lost " + lost(database, devices) + " of " + devices)
              .with("ready_after_kill_9_ms", back.readyMillis())
              .with("durability", durability);
      return new Figure(
          "register",
          run.seconds(),
          "s",
          null,
          null,
          split,
          new Figure.Reference("COPY alone, into a table with the same indexes", copy, null),
          run.seconds() / copy,
          conditions.all());
    }
  }

  /// What a device says of itself in a real import: all columns, two labels.
  static void write(Path file, int devices) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      out.write("id,serial,owner,environment,site,line,batch\n");
      for (int i = 0; i < devices; i++) {
        out.write(
            String.format(
                Locale.ROOT,
                "meter-%08d,SN-%07d,owner-%d,field,site-%d,%d,week-%d\n",
                i,
                i,
                i % 10,
                i % 200,
                i % 40,
                i / 20_000));
      }
    }
  }

  static OwnCommand imported(Place place, Path file) throws IOException {
    return OwnCommand.run(
        place,
        List.of(
            "device", "import", file.toString(), "--class", Population.DEVICE_CLASS, "-o", "json"));
  }

  static void expect(OwnCommand run, long registered, long known) throws BenchFailure {
    var said = run.exitCode() == 0 ? JsonMapper.shared().readTree(run.output()) : null;
    if (said == null
        || said.path("registered").asLong(-1) != registered
        || said.path("known").asLong(-1) != known) {
      throw new BenchFailure(
          "register: the command ended with " + run.exitCode() + " and said " + run.output());
    }
  }

  private static double copied(DatabaseView database) throws IOException, SQLException {
    database.run("create table device_again (like device including all)");
    return database.copy("select * from device where id like 'meter-%'", "device_again") / 1e9;
  }

  /// Devices without their row or without their entry in the ledger.
  private static long lost(DatabaseView database, int devices) throws IOException, SQLException {
    return devices
        - Long.parseLong(
            database.tell(
                """
                select count(*) from device d where d.id like 'meter-%' and exists (
                  select 1 from ledger_entry e
                  where e.device = d.id and e.kind = 'device.registered')
                """));
  }
}
