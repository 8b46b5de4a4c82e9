package io.cardea.trials.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Small runs of the real thing: what they measure says nothing, that they measure does.
class BenchMainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int bench(String... arguments) {
    return BenchMain.execute(
        new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), arguments);
  }

  private List<JsonNode> figures() {
    return out.toString(UTF_8).lines().map(line -> new JsonMapper().readTree(line)).toList();
  }

  @NeedsTool("softhsm2-util")
  @Test
  void p11Sign_measuresBothHomes() {
    int status = bench("p11-sign", "--seconds", "1", "--warmup", "1", "--output", "json");

    assertThat(status).as(err.toString(UTF_8)).isZero();
    JsonNode figure = figures().getFirst();
    assertThat(figure.path("value").asDouble()).isPositive();
    assertThat(figure.path("ratio").asDouble()).isPositive();
    assertThat(figure.path("reference").path("value").asDouble()).isPositive();
  }

  @Test
  void estReenrol_measuresAndLosesNothing() {
    int status =
        bench(
            "est-reenrol",
            "--devices",
            "200",
            "--seconds",
            "2",
            "--warmup",
            "1",
            "--output",
            "json");

    assertThat(status).as(err.toString(UTF_8)).isZero();
    assertThat(figures()).hasSize(2);
    JsonNode capacity = figures().getFirst();
    assertThat(
            StreamSupport.stream(capacity.propertyNames().spliterator(), false)
                .collect(Collectors.toList()))
        .containsExactly(
            "name",
            "value",
            "unit",
            "p50_ms",
            "p99_ms",
            "cpu_ms_per_op",
            "reference",
            "ratio",
            "conditions");
    assertThat(capacity.path("name").asString()).isEqualTo("est-reenrol");
    assertThat(capacity.path("value").asDouble()).isPositive();
    assertThat(capacity.path("cpu_ms_per_op").path("server").asDouble()).isPositive();
    assertThat(capacity.path("cpu_ms_per_op").path("database").asDouble()).isPositive();
    JsonNode conditions = capacity.path("conditions");
    assertThat(conditions.path("after_kill_9").asString()).matches("lost 0 of [1-9]\\d*");
    assertThat(conditions.path("failures").asString()).isEqualTo("none");
    assertThat(conditions.path("durability").asString())
        .isEqualTo("fsync=on synchronous_commit=on full_page_writes=on");
    assertThat(conditions.path("client_certificates").asInt()).isEqualTo(200);
    assertThat(figures().getLast().path("name").asString()).isEqualTo("est-reenrol-latency");
    // On a laptop without cfssl the figure says that it has no reference; in CI that is a failure.
    if (conditions.path("reference_missing").isMissingNode()
        || "true".equals(System.getenv("CI"))) {
      assertThat(capacity.path("ratio").asDouble()).isPositive();
      assertThat(capacity.path("reference").path("value").asDouble()).isPositive();
      assertThat(conditions.path("reference_failures").asString()).isEqualTo("none");
    }
  }

  @Test
  void freshRenewal_measuresWholeHandshakes() {
    int status =
        bench(
            "fresh-mtls-renewal",
            "--devices",
            "100",
            "--seconds",
            "1",
            "--warmup",
            "1",
            "--output",
            "json");

    assertThat(status).as(err.toString(UTF_8)).isZero();
    JsonNode figure = figures().getFirst();
    assertThat(figure.path("ratio").asDouble()).isPositive();
    assertThat(figure.path("conditions").path("resumed_handshakes").asInt(-1)).isZero();
    assertThat(figure.path("conditions").path("failures").asString()).isEqualTo("none");
    assertThat(figure.path("conditions").path("client_certificates").asInt()).isEqualTo(100);
  }

  @Test
  void unknownName_isRefusedWithTheKnownOnes() {
    assertThat(bench("est-reenroll")).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("est-reenrol");
  }
}
