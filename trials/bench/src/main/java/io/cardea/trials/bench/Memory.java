package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
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
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// How much memory one server ever had resident, without its database, after a day's work of every
/// kind in a row: renewals at full load, a registration of the whole fleet, deep pages and
/// explanations, OCSP, a revocation of every device that holds something, and all the lists.
///
/// The heap is committed and touched from the start, so that the figure is the most it can be.
final class Memory implements Scenario {
  private static final int MANY = 1_000_000;
  private static final int HOLDERS = 100_000;
  private static final int PLAYED = 512;
  private static final int QUESTIONS = 20_000;
  private static final int PAGES = 500;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    int devices = plan.devicesOr(MANY);
    int holders = Math.min(devices, HOLDERS);
    try (Place place = Place.make(plan.parent())) {
      plan.say("settling " + holders + " devices that hold a certificate");
      List<Identity> identities = Population.settle(place, holders, Math.min(PLAYED, holders));
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");
      try (RunningServer server = RunningServer.start(place, vm);
          ControlPlane api = place.api();
          HttpClient http = HttpClient.newHttpClient()) {
        return List.of(
            new Run(plan, place, server, api, http, new DatabaseView(place))
                .figure(devices, identities));
      }
    } catch (IOException
        | SQLException
        | GeneralSecurityException
        | StartFailure
        | ConfigException
        | Refused e) {
      throw new BenchFailure("memory", e);
    }
  }

  private record Run(
      Plan plan,
      Place place,
      RunningServer server,
      ControlPlane api,
      HttpClient http,
      DatabaseView database) {

    Figure figure(int devices, List<Identity> identities)
        throws IOException, SQLException, GeneralSecurityException, BenchFailure {
      database.run("vacuum analyze");
      Conditions conditions =
          Conditions.of(plan, place)
              .with("devices", devices)
              .with("after_start_mib", server.peakMebibytes());
      conditions.with("renewals", renewals(identities).succeeded());
      conditions.with("after_renewals_mib", server.peakMebibytes());
      register(devices);
      conditions.with("after_register_mib", server.peakMebibytes());
      pages(devices);
      conditions.with("after_pages_mib", server.peakMebibytes());
      ocsp();
      conditions.with("after_ocsp_mib", server.peakMebibytes());
      plan.say("revoking what every device holds");
      var order =
          MassRevoke.carriedOut(
              api,
              api.call(
                  "POST",
                  "/api/v1/revocations",
                  MassRevoke.order().put("comment", "bench").put("at_most", devices + HOLDERS)));
      conditions
          .with("revoked", order.path("credentials_done").asLong())
          .with("listed", MassRevoke.listed(place, http, database));
      return new Figure(
          "memory", server.peakMebibytes(), "MiB", null, null, null, null, null, conditions.all());
    }

    private Tally renewals(List<Identity> identities) throws IOException {
      plan.say("renewals");
      CsrMaker maker = new CsrMaker(CryptoBackends.fastest());
      try (Generator generator = new Generator(place.authorities());
          Lanes lanes = Lanes.tls(generator, server.devicePort(), Dialects.est(), identities)) {
        return lanes.closed(
            64, plan.length(), new Supply(maker, (int) plan.length().toSeconds() * 1_000));
      }
    }

    private void register(int devices) throws IOException, BenchFailure {
      plan.say("registering " + devices + " devices");
      Path file = place.root().resolve("fleet.csv");
      Register.write(file, devices);
      Register.expect(Register.imported(place, file), devices, 0);
    }

    private void pages(int devices) throws IOException {
      plan.say("pages");
      for (int i = 0; i < PAGES; i++) {
        String id = String.format(Locale.ROOT, "meter-%08d", (long) i * devices / PAGES);
        var _ = api.call("GET", "/api/v1/devices?limit=1000&after=" + id, null);
        var _ = api.call("GET", "/api/v1/devices/" + id + "/why", null);
      }
    }

    private void ocsp() throws IOException, SQLException {
      plan.say("OCSP");
      String authority = database.tell("select authority from crl_shard limit 1");
      OcspQuestions questions = new OcspQuestions(authority, place.authorities().getLast());
      String serials =
          database.tell(
              "select string_agg(encode(serial, 'hex'), ' ') from (select serial from credential"
                  + " limit "
                  + QUESTIONS
                  + ") chosen");
      List<String> paths = new ArrayList<>();
      for (String serial : serials.split(" ", -1)) {
        byte[] question = questions.get(new BigInteger(HexFormat.of().parseHex(serial)));
        paths.add(new String(question, StandardCharsets.US_ASCII).split(" ", 3)[1]);
      }
      for (String path : paths) {
        URI uri = URI.create("http://localhost:" + place.ports().http() + path);
        try {
          http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("stopped", e);
        }
      }
    }
  }
}
