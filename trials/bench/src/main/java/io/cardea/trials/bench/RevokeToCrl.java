package io.cardea.trials.bench;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.life.Refused;
import io.cardea.trials.bench.rig.DatabaseView;
import io.cardea.trials.bench.rig.Place;
import io.cardea.trials.bench.rig.Population;
import io.cardea.trials.bench.rig.RunningServer;
import io.cardea.trials.bench.rig.StatusRows;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// From the API's answer to a revocation until the list that names it was fetched over HTTP, with
/// 100,000 certificates revoked, and with a million.
final class RevokeToCrl implements Scenario {
  private static final int DEVICES = 2_000;
  private static final int FEW = 100_000;
  private static final int MANY = 1_000_000;
  private static final int ROUNDS = 200;

  @Override
  public List<Figure> run(Plan plan) throws BenchFailure {
    try (Place place = Place.make(plan.parent())) {
      plan.say("settling " + DEVICES + " devices");
      var _ = Population.settle(place, DEVICES, 0);
      List<String> vm = plan.serverVm("-Xms512m", "-Xmx512m");
      try (RunningServer server = RunningServer.start(place, vm);
          ControlPlane api = place.api();
          HttpClient http = HttpClient.newHttpClient()) {
        DatabaseView database = new DatabaseView(place);
        String authority = database.tell("select id from authority where kind = 'ISSUING'");
        Run run = new Run(plan, place, server, api, http, database, authority);
        StatusRows.revoked(database, authority, 0, FEW);
        Figure few = run.figure("revoke-to-crl-100k", 0, null);
        StatusRows.revoked(database, authority, FEW, MANY - FEW);
        Figure many = run.figure("revoke-to-crl-1m", ROUNDS, few);
        return List.of(few, many);
      }
    } catch (IOException | SQLException | StartFailure | ConfigException | Refused e) {
      throw new BenchFailure("revoke-to-crl", e);
    }
  }

  private record Run(
      Plan plan,
      Place place,
      RunningServer server,
      ControlPlane api,
      HttpClient http,
      DatabaseView database,
      String authority) {

    Figure figure(String name, int from, @org.jspecify.annotations.Nullable Figure reference)
        throws IOException, SQLException, BenchFailure {
      List<Double> millis = new ArrayList<>();
      HttpResponse<byte[]> before = fetch("");
      for (int i = 0; i < ROUNDS; i++) {
        String tag = before.headers().firstValue("etag").orElseThrow();
        Revoking.revoke(api, from + i);
        long answered = System.nanoTime();
        HttpResponse<byte[]> after = fetch(tag);
        while (after.statusCode() == 304) {
          after = fetch(tag);
        }
        millis.add((System.nanoTime() - answered) / 1e6);
        if (after.statusCode() != 200 || after.body().length <= before.body().length) {
          throw new BenchFailure(
              name
                  + ": the next list is no longer than the last one: "
                  + after.statusCode()
                  + " with "
                  + after.body().length
                  + " octets after "
                  + before.body().length
                  + ", in round "
                  + i);
        }
        before = after;
      }
      double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      double median = sorted[sorted.length / 2];
      plan.say(name + ": " + Conditions.millis(median) + " ms");
      Conditions conditions =
          Conditions.of(plan, place)
              .with("revoked", database.tell("select count(*) from revocation"))
              .with("rounds", ROUNDS)
              .with("max_ms", Conditions.millis(sorted[sorted.length - 1]))
              .with("p90_ms", Conditions.millis(sorted[sorted.length * 9 / 10]))
              .with("mean_ms", Conditions.millis(Arrays.stream(sorted).average().orElse(0)))
              .with("shards", database.tell("select count(*) from crl_shard where issued > 0"))
              .with(
                  "revoked_in_a_full_shard",
                  database.tell(
                      "select max(n) from (select count(*) n from revocation group by shard) s"))
              .with("list_octets", before.body().length)
              .with("server_peak_mib", server.peakMebibytes())
              .with("durability", database.durability());
      return new Figure(
          name,
          median,
          "ms",
          null,
          null,
          null,
          reference == null
              ? null
              : new Figure.Reference("with 100,000 revoked", reference.value(), null),
          reference == null ? null : median / reference.value(),
          conditions.all());
    }

    private HttpResponse<byte[]> fetch(String tag) throws IOException {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
              URI.create(
                  "http://localhost:" + place.ports().http() + "/crl/" + authority + "/0.crl"));
      if (!tag.isEmpty()) {
        request.header("If-None-Match", tag);
      }
      try {
        return http.send(request.build(), BodyHandlers.ofByteArray());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("stopped", e);
      }
    }
  }
}
