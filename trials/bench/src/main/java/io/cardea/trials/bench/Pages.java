package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Multitude;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Lists, searches and explanations through the API, one after the other, each question another
/// one, in a fleet of a million devices with three credentials each; beside the same deep page
/// asked of the database itself.
final class Pages implements Scenario {
  private static final int MANY = 1_000_000;
  private static final int ROUNDS = 1_000;
  private static final int WARM_UP = 200;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    int devices = plan.devicesOr(MANY);
    try (Place place = Place.make(plan.parent())) {
      var _ = Population.settle(place, 1, 0);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      try (RunningServer server = RunningServer.start(place, vm);
          ControlPlane api = place.api()) {
        DatabaseView database = new DatabaseView(place);
        plan.say("settling " + devices + " devices");
        Multitude.add(database, devices, () -> {});
        Run run = new Run(plan, place, server, api, database, devices);
        List<Figure> figures = new ArrayList<>();
        for (Map.Entry<String, LongFunction<String>> question : questions(devices).entrySet()) {
          plan.say(question.getKey());
          figures.add(run.figure(question.getKey(), question.getValue()));
        }
        return figures;
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("pages", e);
    }
  }

  /// A path for each number; every one of them finds something.
  private static Map<String, LongFunction<String>> questions(int devices) {
    Map<String, LongFunction<String>> questions = new LinkedHashMap<>();
    String devicesPath = "/api/v1/devices";
    int few = Math.min(devices, 100_000) / 2 * 2; // even, so that both labels are of one device
    questions.put("deep", n -> devicesPath + "?limit=100&after=" + id(n));
    questions.put(
        "labels-0.001-percent",
        n -> devicesPath + "?label=half%3D" + n % 2 + "&label=few%3D" + n % few);
    questions.put(
        "labels-1-percent",
        n -> devicesPath + "?label=half%3D" + n % 2 + "&label=line%3D" + n % 100);
    questions.put(
        "labels-50-percent",
        n -> devicesPath + "?label=half%3D" + n % 2 + "&label=made%3Dhere&after=" + id(n / 2));
    questions.put("prefix", n -> devicesPath + "?prefix=" + id(n).substring(0, 12));
    questions.put("search", n -> devicesPath + "?search=" + id(n).substring(9));
    questions.put(
        "search-common", n -> devicesPath + "?search=any-00&limit=100&after=" + id(n / 2));
    questions.put("search-rare", n -> devicesPath + "?search=N-" + id(n).substring(6));
    questions.put("why", n -> devicesPath + "/" + id(n) + "/why");
    return questions;
  }

  private static String id(long number) {
    return String.format(Locale.ROOT, "many-%09d", number);
  }

  private record Run(
      Plan plan,
      Place place,
      RunningServer server,
      ControlPlane api,
      DatabaseView database,
      int devices) {

    Figure figure(String name, LongFunction<String> path)
        throws IOException, SQLException, BenchFailure {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
      for (int i = 0; i < WARM_UP; i++) {
        ask(name, path.apply(1 + random.nextLong(devices - 1)));
      }
      double cpu = server.cpuMillis();
      double databaseCpu = server.databaseCpuMillis();
      double[] millis = new double[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        String its = path.apply(1 + random.nextLong(devices - 1));
        long began = System.nanoTime();
        ask(name, its);
        millis[i] = (System.nanoTime() - began) / 1e6;
      }
      Figure.CpuPerOp split =
          new Figure.CpuPerOp(
              (server.cpuMillis() - cpu) / ROUNDS,
              (server.databaseCpuMillis() - databaseCpu) / ROUNDS,
              0);
      Arrays.sort(millis);
      double p99 = millis[ROUNDS * 99 / 100];
      double direct = database.keysetPageMillis(ROUNDS, devices);
      return new Figure(
          "pages-" + name,
          p99,
          "ms",
          millis[ROUNDS / 2],
          p99,
          split,
          new Figure.Reference("p99 of a keyset page of 100 in SQL", direct, null),
          p99 / direct,
          Conditions.of(plan, place)
              .with("devices", devices)
              .with("credentials", 3L * devices)
              .with("slowest_ms", Conditions.millis(millis[ROUNDS - 1]))
              .with("asked", ROUNDS)
              .with("bytes_for_one", Multitude.bytesForOne(database))
              .all());
    }

    private void ask(String name, String path) throws IOException, BenchFailure {
      var answer = api.call("GET", path, null);
      if (answer.path("items").isEmpty() && !answer.has("summary")) {
        throw new BenchFailure("pages: " + name + " found nothing at " + path);
      }
    }
  }
}
