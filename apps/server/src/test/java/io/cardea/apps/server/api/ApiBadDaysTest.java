package io.cardea.apps.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.api.ApiWorld.Reaction;
import io.cardea.life.testing.InMemoryStore;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the API does with bad input, and when what it stands on fails.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiBadDaysTest {
  private ApiWorld world;

  @BeforeAll
  void open() throws Exception {
    world = new ApiWorld();
  }

  @AfterAll
  void close() {
    world.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":\"x\",\"class\":\"device\",\"colour\":\"red\"} | colour",
        "{\"class\":\"device\"}                               | id",
        "{\"id\":\"../x\",\"class\":\"device\"}               | device id",
        "{\"id\":7,\"class\":\"device\"}                      | id",
        "{\"id\":\"x\",\"class\":\"device\",\"labels\":{\"a\":{}}} | labels.a",
        "{\"id\":\"x\",\"class\":\"device\",\"labels\":{\"a\":null}} | labels.a",
        "{\"id\":\"x\",\"class\":\"device\",\"environment\":\"moon\"} | environment",
        "{\"id\":\"x\",\"id\":\"y\",\"class\":\"device\"}     | line 1",
        "{\"id\":\"x\",\"class\":\"device\"} {}               | the body",
        "[[[[[[[[[[[[1]]]]]]]]]]]]                            | the body",
        "{\"id\":\"x\"                                        | line 1",
        "null                                                 | null"
      })
  void badBody_isRefusedNamingWhatIsWrong(String body, String named) {
    Reaction refused = world.post("/api/v1/devices", body);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.text("code")).isEqualTo("request-malformed");
    assertThat(refused.text("detail")).contains(named).doesNotContain("io.cardea");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/devices?clas=device",
        "/api/v1/devices?limit=0",
        "/api/v1/devices?limit=1001",
        "/api/v1/devices?limit=x",
        "/api/v1/devices?limit=1&limit=2",
        "/api/v1/devices?state=lost",
        "/api/v1/devices?label=x",
        "/api/v1/ledger?after=-1",
        "/api/v1/credentials",
        "/api/v1/credentials/7",
        "/api/v1/devices/..%2fx"
      })
  void badQuestion_isRefused(String path) {
    assertThat(world.get(path).text("code")).isEqualTo("request-malformed");
  }

  @Test
  void unknownPathsAndMethods_areProblems() {
    Reaction nowhere = world.get("/api/v2/devices");
    Reaction wrong = world.send("DELETE", "/api/v1/devices/pump-1", Optional.of(world.admin), null);
    Reaction unknown = world.get("/api/v1/devices/nobody");

    assertThat(nowhere.status()).isEqualTo(404);
    assertThat(nowhere.header("content-type")).isEqualTo("application/problem+json");
    assertThat(nowhere.text("code")).isEqualTo("not-found");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.header("allow")).isEqualTo("GET");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.text("code")).isEqualTo("device-unknown");
  }

  @Test
  void head_isGetWithoutABody() {
    Reaction head = world.send("HEAD", "/health/live", Optional.empty(), null);

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.response().body()).isEmpty();
  }

  @Test
  void formOfAnotherSite_isNoJson() {
    Reaction refused =
        world.send(
            world
                .request("/api/v1/devices")
                .header("authorization", "Bearer " + world.admin)
                .header("content-type", "text/plain")
                .POST(BodyPublishers.ofString("{\"id\":\"x\",\"class\":\"device\"}"))
                .build());

    assertThat(refused.status()).isEqualTo(415);
    assertThat(refused.text("detail")).contains("text/plain");
  }

  @Test
  void bodyOverTheLimit_isRefused() {
    Reaction refused = world.post("/api/v1/devices", "{\"id\":\"" + "x".repeat(70_000) + "\"}");

    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.text("code")).isEqualTo("request-malformed");
  }

  @Test
  void batch_mayBeLongAndTellsOfEachRefusedLine() {
    String longOnes =
        IntStream.range(0, 2_000)
            .mapToObj(
                i -> "{\"id\":\"many-" + i + "\",\"labels\":{\"hall\":\"a quite long name\"}}")
            .collect(Collectors.joining(","));
    Reaction report =
        world.post(
            "/api/v1/manufacturing-batches",
            "{\"class\":\"device\",\"devices\":[{\"id\":\"no id\"},"
                + longOnes
                + ",{\"id\":\"other\",\"class\":\"none\"},{\"id\":\"lab-1\",\"environment\":\"lab\",\"owner\":\"me\"}]}");

    assertThat(report.status()).isEqualTo(200);
    assertThat(report.json().path("registered").asInt()).isEqualTo(2_001);
    assertThat(report.json().path("refused").valueStream())
        .extracting(line -> line.path("line").asInt() + " " + line.path("code").asString())
        .containsExactly("0 request-malformed", "2001 not-found");
    assertThat(world.get("/api/v1/devices/lab-1").text("environment")).isEqualTo("lab");
    Reaction tooMany =
        world.post(
            "/api/v1/manufacturing-batches",
            "{\"devices\":[" + "{\"id\":\"x\"},".repeat(5_000) + "{\"id\":\"x\"}]}");
    assertThat(tooMany.text("code")).isEqualTo("request-too-large");
  }

  // Bad days

  @Test
  void storeThatFails_isAProblemToTryAgain() {
    world.day.store.nextCommit(InMemoryStore.Lie.FAILS);

    Reaction refused = world.post("/api/v1/devices", "{\"id\":\"unlucky\",\"class\":\"device\"}");

    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.text("code")).isEqualTo("store-unavailable");
    assertThat(refused.header("retry-after")).isNotEmpty();
    assertThat(world.get("/api/v1/devices/unlucky").status()).isEqualTo(404);
  }

  @Test
  void readiness_followsTheChecks() {
    Supplier<Health> before = world.health.get();
    assertThat(world.send("GET", "/health/ready", Optional.empty(), null).status()).isEqualTo(200);
    world.health.set(() -> new Health(List.of(new Health.Check("clock", false, "drifts"))));
    try {
      Reaction unready = world.send("GET", "/health/ready", Optional.empty(), null);

      assertThat(unready.status()).isEqualTo(503);
      assertThat(unready.json().path("checks").path(0).path("name").asString()).isEqualTo("clock");
      assertThat(world.send("GET", "/health/live", Optional.empty(), null).status()).isEqualTo(200);
    } finally {
      world.health.set(before);
    }
  }

  @Test
  void defect_showsNothingOfItself() {
    Supplier<Health> before = world.health.get();
    world.health.set(() -> {
      throw new IllegalStateException("planted");
    });
    try {
      Reaction broken = world.send("GET", "/health/ready", Optional.empty(), null);

      assertThat(broken.status()).isEqualTo(500);
      assertThat(broken.text("code")).isEqualTo("internal-error");
      assertThat(broken.response().body())
          .doesNotContain("planted")
          .doesNotContain("Exception")
          .doesNotContain("cardea.apps");
    } finally {
      world.health.set(before);
    }
  }

  @Test
  void metrics_areForAnyoneAndEventsNameRoutes() {
    Reaction scrape = world.send("GET", "/metrics", Optional.empty(), null);
    world.get("/api/v1/devices/nobody-at-all");

    assertThat(scrape.response().body()).isEqualTo("cardea_example 1\n");
    assertThat(scrape.header("content-type")).startsWith("text/plain; version=0.0.4");
    assertThat(world.events).contains("GET /api/v1/devices/{id} 404 device-unknown");
    assertThat(world.events).noneMatch(event -> event.contains("nobody-at-all"));
  }

  @Test
  void refusal_isExplained() {
    assertThat(world.get("/api/v1/refusals/credential-retired").text("next_step"))
        .startsWith("Use the newer credential");
    assertThat(world.get("/api/v1/refusals/nonsense").status()).isEqualTo(404);
  }

  // TLS
}
