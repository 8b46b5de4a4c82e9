package io.cardea.apps.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What makes a run pass, and what is said about it.
class ReportTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final DemoPlan PLAN =
      new DemoPlan(10, new Drops(1, 0.1), Duration.ofMinutes(1), Path.of("/demo"));
  private static final Prober.Findings ALL_IN =
      new Prober.Findings(40, 10, Set.of(), Set.of(), Map.of(), List.of(), 12, 0);
  private static final Prober.Findings ONE_OUT =
      new Prober.Findings(
          40, 9, Set.of("pump"), Set.of("pump"), Map.of("pump", NOON), List.of("pump"), 12, 0);

  @Test
  void wholeRun_passes() {
    assertThat(report(figures(10, 10, 0, ALL_IN), Optional.empty()).shortcomings()).isEmpty();
  }

  @Test
  void deviceThatDidNotEnrolOrRenew_isAShortcoming() {
    assertThat(report(figures(9, 10, 0, ALL_IN), Optional.empty()).shortcomings()).hasSize(1);
    assertThat(report(figures(10, 7, 0, ALL_IN), Optional.empty()).shortcomings())
        .singleElement()
        .asString()
        .startsWith("3 devices renewed fewer");
  }

  @Test
  void deviceLockedOut_isAShortcoming() {
    assertThat(report(figures(10, 10, 0, ONE_OUT), Optional.empty()).shortcomings())
        .anySatisfy(text -> assertThat(text).contains("locked out", "pump"));
  }

  @Test
  void secondCertificateForARetry_isAShortcoming() {
    assertThat(report(figures(10, 10, 1, ALL_IN), Optional.empty()).shortcomings()).hasSize(1);
  }

  @Test
  void controlThatLosesNobody_provesNothing() {
    Report report = report(figures(10, 10, 0, ALL_IN), Optional.of(figures(10, 10, 0, ALL_IN)));

    assertThat(report.shortcomings())
        .containsExactly("the control lost no device, so this run proved nothing");
  }

  @Test
  void proberThatSawNothing_provesNothing() {
    Prober.Findings blind =
        new Prober.Findings(0, 0, Set.of(), Set.of(), Map.of(), List.of(), 0, 0);

    assertThat(report(figures(10, 10, 0, blind), Optional.empty()).shortcomings()).hasSize(1);
  }

  @Test
  void text_hasTheLineThatIsTheResult() {
    Report report = report(figures(10, 10, 0, ALL_IN), Optional.of(figures(10, 8, 0, ONE_OUT)));

    assertThat(report.text())
        .contains("answers dropped 5 · devices locked out 0")
        .contains("single active: 1 locked out · Cardea: 0");
  }

  @Test
  void json_hasNullWhereNothingWasRunOrMeasured() {
    JsonNode alone =
        JsonMapper.shared().readTree(report(figures(10, 10, 0, ALL_IN), Optional.empty()).json());
    JsonNode beside =
        JsonMapper.shared()
            .readTree(
                report(figures(10, 10, 0, ALL_IN), Optional.of(figures(10, 8, 0, ONE_OUT))).json());

    assertThat(alone.path("control_locked_out").isNull()).isTrue();
    assertThat(alone.path("renew_max_ms").isNull()).isTrue();
    assertThat(alone.path("enrol_max_ms").asInt()).isEqualTo(70);
    assertThat(beside.path("control_locked_out").asInt()).isEqualTo(1);
    assertThat(beside.path("locked_out").asInt()).isZero();
  }

  private static Figures figures(
      int enrolled, int renewedEnough, int doubled, Prober.Findings findings) {
    return new Figures(
        10,
        enrolled,
        renewedEnough == 10 ? 3 : 2,
        renewedEnough,
        30,
        5,
        5,
        doubled,
        List.of(Duration.ofMillis(40), Duration.ofMillis(70)),
        List.of(),
        findings);
  }

  private static Report report(Figures cardea, Optional<Figures> control) {
    return new Report(
        PLAN, Duration.ofSeconds(2), cardea, control.map(_ -> "single-active"), control, List.of());
  }
}
