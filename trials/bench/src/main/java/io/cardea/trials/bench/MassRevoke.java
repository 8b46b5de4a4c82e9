package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One order to revoke every device of a class, from the call to the end of the order; then the
/// lists are fetched and counted.
final class MassRevoke implements Scenario {
  private static final long POLL_NANOS = 100_000_000;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    try (Place place = Place.make(plan.parent())) {
      plan.say("settling " + plan.devices() + " devices");
      var _ = Population.settle(place, plan.devices(), 0);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      try (RunningServer server = RunningServer.start(place, vm);
          ControlPlane api = place.api();
          HttpClient http = HttpClient.newHttpClient()) {
        DatabaseView database = new DatabaseView(place);
        database.run("vacuum analyze");
        return List.of(figure(plan, place, server, api, http, database));
      }
    } catch (IOException
        | SQLException
        | GeneralSecurityException
        | StartFailure
        | ConfigException
        | Refused e) {
      throw new BenchFailure("mass-revoke", e);
    }
  }

  private static Figure figure(
      Plan plan,
      Place place,
      RunningServer server,
      ControlPlane api,
      HttpClient http,
      DatabaseView database)
      throws IOException, SQLException, GeneralSecurityException, BenchFailure {
    double cpu = server.cpuMillis();
    double databaseCpu = server.databaseCpuMillis();
    long began = System.nanoTime();
    JsonNode meant = api.call("POST", "/api/v1/revocations", order().put("preview", true));
    double preview = (System.nanoTime() - began) / 1e9;
    JsonNode order =
        api.call(
            "POST",
            "/api/v1/revocations",
            order().put("comment", "bench").put("at_most", meant.path("devices").asLong()));
    order = carriedOut(api, order);
    double seconds = (System.nanoTime() - began) / 1e9;
    long revoked = order.path("credentials_done").asLong();
    long listed = listed(place, http, database);
    if (revoked != plan.devices() || listed != revoked) {
      throw new BenchFailure(
          "mass-revoke: " + revoked + " revoked and " + listed + " listed of " + plan.devices());
    }
    Conditions conditions =
        Conditions.of(plan, place)
            .with("preview_seconds", preview)
            .with("healthy_devices", meant.path("healthy_devices").asLong())
            .with("listed_at_the_end", listed)
            .with("revoked_per_second", Math.round(revoked / seconds))
            .with("server_peak_mib", server.peakMebibytes())
            .with("durability", database.durability());
    return new Figure(
        "mass-revoke",
        seconds,
        "s",
        null,
        null,
        new Figure.CpuPerOp(
            (server.cpuMillis() - cpu) / revoked,
            (server.databaseCpuMillis() - databaseCpu) / revoked,
            0),
        null,
        null,
        conditions.all());
  }

  static JsonNode carriedOut(ControlPlane api, JsonNode begun) throws IOException {
    JsonNode order = begun;
    while (order.path("state").asString("").equals("running")) {
      LockSupport.parkNanos(POLL_NANOS);
      order = api.call("GET", "/api/v1/revocations/" + order.path("id").asString(), null);
    }
    return order;
  }

  static ObjectNode order() {
    ObjectNode order = JsonMapper.shared().createObjectNode().put("reason", "superseded");
    order.putObject("selection").put("class", Population.DEVICE_CLASS);
    return order;
  }

  /// How many certificates the lists name that anybody can fetch now.
  static long listed(Place place, HttpClient http, DatabaseView database)
      throws IOException, SQLException, GeneralSecurityException {
    String all = database.tell("select string_agg(authority || '/' || shard, ' ') from crl_shard");
    long count = 0;
    for (String shard : all.split(" ", -1)) {
      URI list = URI.create("http://localhost:" + place.ports().http() + "/crl/" + shard + ".crl");
      try {
        byte[] der =
            http.send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofByteArray()).body();
        X509CRL crl =
            (X509CRL)
                CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        var entries = crl.getRevokedCertificates();
        count += entries == null ? 0 : entries.size();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("stopped", e);
      }
    }
    return count;
  }
}
