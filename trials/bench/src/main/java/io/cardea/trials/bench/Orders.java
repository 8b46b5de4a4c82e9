package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.protocols.est.client.CardeaClient;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.DeviceConnection;
import io.cardea.protocols.est.client.RenewalInfo;
import io.cardea.trials.bench.load.Identity;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Multitude;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What people order about a whole fleet, a million devices with three credentials each: another
/// renewal policy, until the calendar follows; the plan of a CA's end; a campaign, and its pause.
/// Beside the same rows, gone through by the database alone.
final class Orders implements Scenario {
  private static final int MANY = 1_000_000;
  private static final int ASKED = 1_000;
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(4);
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int CALLED_BEFORE_THE_PAUSE = 20_000;
  private static final JsonMapper JSON = new JsonMapper();

  /// What a calendar and a plan have to look at: the newest accepted credential of each device.
  private static final String PASS =
      """
      select count(*) from (
        select distinct on (device) id, issued_at, not_after from credential
        where slot = 'operational' and state in ('staged', 'current', 'retiring')
          and not_after > now()
        order by device, issued_at desc) newest
      """;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    int devices = plan.devicesOr(MANY);
    try (Place place = Place.make(plan.parent())) {
      List<Identity> some = Population.settle(place, ASKED, ASKED);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      try (RunningServer server = RunningServer.start(place, vm);
          ControlPlane api = place.api()) {
        DatabaseView database = new DatabaseView(place);
        plan.say("settling " + devices + " devices");
        Multitude.add(database, devices, () -> {});
        Run run = new Run(plan, place, server, api, database, devices);
        List<Figure> figures = new ArrayList<>();
        figures.add(run.calendar());
        figures.add(run.nextWindow(some));
        figures.add(run.planOfAnEnd());
        figures.add(run.campaign());
        return figures;
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("orders", e);
    }
  }

  private record Run(
      Plan plan,
      Place place,
      RunningServer server,
      ControlPlane api,
      DatabaseView database,
      int devices) {

    /// From the change of a policy to the calendar that follows it.
    Figure calendar() throws IOException, SQLException, BenchFailure {
      plan.say("calendar");
      // A rate that moves most of them: their usual windows open within nine days.
      api.call(
          "PUT",
          "/api/v1/calendar/rate",
          body().put("per_minute", Math.max(1, devices / 20_000)).put("reason", "bench"));
      String before = made(awaitCalendar(""));
      double cpu = server.cpuMillis();
      double databaseCpu = server.databaseCpuMillis();
      ObjectNode policy = body().put("class", "bench").put("from", 50).put("spread", 10);
      long began = System.nanoTime();
      api.call("PUT", "/api/v1/renewal-policies/bench", policy.put("reason", "bench"));
      JsonNode after = awaitCalendar(before);
      double seconds = (System.nanoTime() - began) / 1e9;
      double serverCpu = server.cpuMillis() - cpu;
      double itsDatabaseCpu = server.databaseCpuMillis() - databaseCpu;
      double alone = pass();
      return new Figure(
          "calendar",
          seconds,
          "s",
          null,
          null,
          new Figure.CpuPerOp(serverCpu / devices, itsDatabaseCpu / devices, 0),
          new Figure.Reference("the same rows in SQL", alone, null),
          seconds / alone,
          conditions().with("over", after.path("over").asLong()).all());
    }

    private JsonNode awaitCalendar(String notThis) throws IOException, BenchFailure {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (System.nanoTime() - end < 0) {
        try {
          JsonNode calendar = api.call("GET", "/api/v1/calendar", null);
          if (!made(calendar).equals(notThis)) {
            return calendar;
          }
        } catch (ControlPlane.ApiFailure e) {
          if (e.status() != 404) {
            throw e;
          }
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
      throw new BenchFailure("orders: no other calendar within ten minutes");
    }

    private static String made(JsonNode calendar) {
      return calendar.path("made_at").asString("");
    }

    private double pass() throws IOException, SQLException {
      long began = System.nanoTime();
      database.tell(PASS);
      return (System.nanoTime() - began) / 1e9;
    }

    Figure nextWindow(List<Identity> some) throws IOException, SQLException, BenchFailure {
      plan.say("next windows");
      double[] millis = new double[some.size()];
      URI door = URI.create("https://localhost:" + server.devicePort());
      ConnectionSettings settings =
          new ConnectionSettings(door, new HashSet<>(place.authorities()));
      try (DeviceConnection connection = DeviceConnection.anonymous(settings)) {
        CardeaClient client = new CardeaClient(connection);
        for (int round = 0; round < 2; round++) { // the first one warms up
          for (int i = 0; i < millis.length; i++) {
            long began = System.nanoTime();
            if (!(client.renewalInfo(some.get(i).certificate()) instanceof RenewalInfo)) {
              throw new BenchFailure("orders: a device has no window");
            }
            millis[i] = (System.nanoTime() - began) / 1e6;
          }
        }
      }
      Arrays.sort(millis);
      return new Figure(
          "calendar-next-window",
          millis[millis.length * 99 / 100],
          "ms",
          millis[millis.length / 2],
          millis[millis.length * 99 / 100],
          null,
          null,
          null,
          conditions().with("asked", millis.length).all());
    }

    Figure planOfAnEnd() throws IOException, SQLException {
      plan.say("plan");
      String authority = database.tell("select authority from credential limit 1");
      long memory = server.peakMebibytes();
      double cpu = server.cpuMillis();
      double databaseCpu = server.databaseCpuMillis();
      long began = System.nanoTime();
      JsonNode made =
          api.call(
              "POST",
              "/api/v1/plans",
              body()
                  .put("change", "remove-authority")
                  .put("authority", authority)
                  .put("reason", "bench"));
      double seconds = (System.nanoTime() - began) / 1e9;
      Figure.CpuPerOp split =
          new Figure.CpuPerOp(
              (server.cpuMillis() - cpu) / devices,
              (server.databaseCpuMillis() - databaseCpu) / devices,
              0);
      double alone = pass();
      return new Figure(
          "plan",
          seconds,
          "s",
          null,
          null,
          split,
          new Figure.Reference("the same rows in SQL", alone, null),
          seconds / alone,
          conditions()
              .with("stranded", made.path("stranded").asLong())
              .with("more_memory_mib", server.peakMebibytes() - memory)
              .all());
    }

    /// From the order to pause until its answer, after which nobody may be called.
    Figure campaign() throws IOException, SQLException, BenchFailure {
      plan.say("campaign");
      ObjectNode order =
          body().put("cause", "policy").put("comment", "bench").put("at_most", 2L * devices);
      order.put("per_minute", 1_000_000).put("canary", 1_000_000).put("error_budget", 100);
      order.putObject("selection").put("class", "bench");
      long began = System.nanoTime();
      String path =
          "/api/v1/campaigns/" + api.call("POST", "/api/v1/campaigns", order).path("id").asString();
      awaitCalled(path);
      double untilThen = (System.nanoTime() - began) / 1e9;
      long asked = System.nanoTime();
      api.call("POST", path + "/pause", body().put("reason", "bench"));
      double seconds = (System.nanoTime() - asked) / 1e9;
      long atAnswer = called(path);
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      long later = called(path);
      if (later != atAnswer) {
        throw new BenchFailure(
            "orders: " + (later - atAnswer) + " devices were called after the pause");
      }
      return new Figure(
          "campaign-control",
          seconds,
          "s",
          null,
          null,
          null,
          null,
          null,
          conditions()
              .with("called_before", atAnswer)
              .with("called_after", later - atAnswer)
              .with("begin_to_20000_called_ms", Conditions.millis(untilThen * 1_000))
              .all());
    }

    private void awaitCalled(String path) throws IOException, BenchFailure {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (called(path) < CALLED_BEFORE_THE_PAUSE) {
        if (System.nanoTime() - end > 0) {
          throw new BenchFailure("orders: nobody was called within ten minutes");
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }

    private long called(String path) throws IOException {
      return api.call("GET", path, null).path("called").asLong();
    }

    private Conditions conditions() throws IOException, SQLException {
      return Conditions.of(plan, place).with("devices", devices).with("credentials", 3L * devices);
    }

    private static ObjectNode body() {
      return JSON.createObjectNode();
    }
  }
}
