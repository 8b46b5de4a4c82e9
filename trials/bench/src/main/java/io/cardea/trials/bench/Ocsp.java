package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.trials.bench.load.PlainHttp;
import io.cardea.trials.bench.rig.Cpu;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Nginx;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import io.cardea.trials.bench.rig.StatusRows;
import java.io.IOException;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// OCSP answers from memory beside nginx, which serves a file of their size, while devices are
/// revoked; and what a question costs that nobody asked before.
final class Ocsp implements Scenario {
  private static final int WARM = 100_000;
  private static final int DEVICES = 4_000;
  private static final int CONNECTIONS = 8;
  private static final int MANY_CONNECTIONS = 64;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    int known = Math.max(2 * WARM, 10 * plan.devices());
    try (Place place = Place.make(plan.parent())) {
      plan.say("settling " + DEVICES + " devices and " + known + " serial numbers");
      var _ = Population.settle(place, DEVICES, 0);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      try (RunningServer server = RunningServer.start(place, vm);
          ControlPlane api = place.api()) {
        DatabaseView database = new DatabaseView(place);
        String authority = database.tell("select id from authority where kind = 'ISSUING'");
        StatusRows.good(database, authority, known);
        OcspQuestions questions = new OcspQuestions(authority, place.authorities().getLast());
        Run run = new Run(plan, place, server, api, database, questions, known, vm);
        return run.figures();
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("ocsp", e);
    }
  }

  private static final class Run {
    private final Plan plan;
    private final Place place;
    private final RunningServer server;
    private final ControlPlane api;
    private final DatabaseView database;
    private final OcspQuestions questions;
    private final int known;
    private final List<String> vm;
    private final AtomicInteger nextCold = new AtomicInteger(WARM);
    private byte[][] warm = {};

    Run(
        Plan plan,
        Place place,
        RunningServer server,
        ControlPlane api,
        DatabaseView database,
        OcspQuestions questions,
        int known,
        List<String> vm) {
      this.plan = plan;
      this.place = place;
      this.server = server;
      this.api = api;
      this.database = database;
      this.questions = questions;
      this.known = known;
      this.vm = vm;
    }

    List<Figure> figures() throws IOException, SQLException, BenchFailure {
      warm = new byte[WARM][];
      for (int i = 0; i < WARM; i++) {
        warm[i] = questions.get(StatusRows.serial(i));
      }
      plan.say("asking once for each of " + WARM + " serial numbers");
      AtomicInteger next = new AtomicInteger();
      PlainHttp.Result first =
          PlainHttp.times(
              place.ports().http(),
              MANY_CONNECTIONS,
              WARM,
              _ -> () -> warm[next.getAndIncrement() % WARM]);
      Optional<Nginx> nginx = Nginx.start(place, new byte[first.octets()]);
      if (nginx.isEmpty()) {
        throw new BenchFailure("ocsp: nginx is not installed (apt-get install nginx-light)");
      }
      try (Nginx reference = nginx.get();
          Revoking revoking = Revoking.start(place)) {
        plan.say("warming both up");
        var _ = ask(CONNECTIONS, plan.warmUp());
        var _ = file(reference, CONNECTIONS, plan.warmUp());
        List<Figure> figures = new ArrayList<>();
        figures.add(beside(reference, CONNECTIONS, revoking));
        figures.add(beside(reference, MANY_CONNECTIONS, revoking));
        figures.add(posted());
        figures.add(cold());
        return figures;
      }
    }

    private PlainHttp.Result ask(int connections, Duration length) throws IOException {
      return PlainHttp.run(place.ports().http(), connections, length, _ -> this::mixed);
    }

    private PlainHttp.Result file(Nginx nginx, int connections, Duration length)
        throws IOException {
      byte[] request = PlainHttp.get(Nginx.PATH);
      return PlainHttp.run(nginx.port(), connections, length, _ -> () -> request);
    }

    /// One in a hundred was never issued.
    private byte[] mixed() {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      return random.nextInt(100) == 0
          ? questions.get(new BigInteger(120, random).setBit(121))
          : warm[random.nextInt(WARM)];
    }

    private Figure beside(Nginx nginx, int connections, Revoking revoking)
        throws IOException, SQLException {
      List<PlainHttp.Result> ours = new ArrayList<>();
      List<PlainHttp.Result> theirs = new ArrayList<>();
      double cpu = 0;
      double databaseCpu = 0;
      double clientCpu = 0;
      double nginxCpu = 0;
      for (int slice = 0; slice < plan.slices(); slice++) {
        double before = server.cpuMillis();
        double databaseBefore = server.databaseCpuMillis();
        double clientBefore = Cpu.millis(ProcessHandle.current().pid());
        ours.add(ask(connections, plan.slice()));
        cpu += server.cpuMillis() - before;
        databaseCpu += server.databaseCpuMillis() - databaseBefore;
        clientCpu += Cpu.millis(ProcessHandle.current().pid()) - clientBefore;
        double nginxBefore = nginx.cpuMillis();
        theirs.add(file(nginx, connections, plan.slice()));
        nginxCpu += nginx.cpuMillis() - nginxBefore;
        plan.say(
            String.format(
                java.util.Locale.ROOT,
                "-c%d: %,.0f answers/s, nginx %,.0f",
                connections,
                ours.getLast().perSecond(),
                theirs.getLast().perSecond()));
      }
      PlainHttp.Result all = PlainHttp.Result.of(ours);
      PlainHttp.Result reference = PlainHttp.Result.of(theirs);
      return new Figure(
          connections == CONNECTIONS ? "ocsp" : "ocsp-c" + connections,
          all.perSecond(),
          "answers/s",
          all.millis(0.5),
          all.millis(0.99),
          new Figure.CpuPerOp(
              cpu / all.answers(), databaseCpu / all.answers(), clientCpu / all.answers()),
          new Figure.Reference(
              "nginx, a file of " + reference.octets() + " octets",
              reference.perSecond(),
              nginxCpu / reference.answers()),
          all.perSecond() / reference.perSecond(),
          conditions(connections).with("revocations_meanwhile", revoking.count()).all());
    }

    private Figure posted() throws IOException, SQLException {
      byte[][] posts = new byte[WARM][];
      for (int i = 0; i < WARM; i++) {
        posts[i] = questions.post(StatusRows.serial(i));
      }
      List<PlainHttp.Result> got = new ArrayList<>();
      List<PlainHttp.Result> posted = new ArrayList<>();
      for (int slice = 0; slice < plan.slices(); slice++) {
        got.add(
            PlainHttp.run(place.ports().http(), CONNECTIONS, plan.slice(), _ -> () -> any(warm)));
        posted.add(
            PlainHttp.run(place.ports().http(), CONNECTIONS, plan.slice(), _ -> () -> any(posts)));
      }
      PlainHttp.Result all = PlainHttp.Result.of(posted);
      PlainHttp.Result reference = PlainHttp.Result.of(got);
      return new Figure(
          "ocsp-post",
          all.perSecond(),
          "answers/s",
          all.millis(0.5),
          all.millis(0.99),
          null,
          new Figure.Reference("GET", reference.perSecond(), null),
          all.perSecond() / reference.perSecond(),
          conditions(CONNECTIONS).all());
    }

    private static byte[] any(byte[][] some) {
      return some[ThreadLocalRandom.current().nextInt(some.length)];
    }

    private Figure cold() throws IOException, SQLException {
      double before = server.cpuMillis();
      double databaseBefore = server.databaseCpuMillis();
      PlainHttp.Result asked =
          PlainHttp.run(
              place.ports().http(),
              MANY_CONNECTIONS,
              plan.slice(),
              _ -> () -> questions.get(StatusRows.serial(nextCold.getAndIncrement() % known)));
      return new Figure(
          "ocsp-first-ask",
          asked.perSecond(),
          "answers/s",
          asked.millis(0.5),
          asked.millis(0.99),
          new Figure.CpuPerOp(
              (server.cpuMillis() - before) / asked.answers(),
              (server.databaseCpuMillis() - databaseBefore) / asked.answers(),
              0),
          null,
          null,
          conditions(MANY_CONNECTIONS).all());
    }

    private Conditions conditions(int connections) throws IOException, SQLException {
      return Conditions.of(plan, place)
          .with("connections", connections)
          .with("serials_known", known)
          .with("serials_warm", WARM)
          .with("unknown", "1 %, signed each time")
          .with("memory", memory())
          .with("server_peak_mib", server.peakMebibytes())
          .with("server_vm", String.join(" ", vm))
          .with("durability", database.durability());
    }

    private String memory() throws IOException {
      return api.text("/metrics")
          .lines()
          .filter(line -> line.startsWith("cardea_ocsp_memory"))
          .reduce((one, other) -> one + ", " + other)
          .orElse("?");
    }
  }
}
