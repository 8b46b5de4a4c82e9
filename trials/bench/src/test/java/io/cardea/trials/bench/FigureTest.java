package io.cardea.trials.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FigureTest {
  private static final Figure BARE =
      new Figure("name", 1.5, "ms", null, null, null, null, null, Map.of("cores", 2));

  @Test
  void json_saysNullForWhatWasNotMeasured() {
    assertThat(BARE.json())
        .isEqualTo(
            "{\"name\":\"name\",\"value\":1.5,\"unit\":\"ms\",\"p50_ms\":null,\"p99_ms\":null,"
                + "\"cpu_ms_per_op\":null,\"reference\":null,\"ratio\":null,"
                + "\"conditions\":{\"cores\":2}}");
  }

  @Test
  void table_showsReferenceAndRatio() {
    Figure figure =
        new Figure(
            "name",
            10,
            "/s",
            1.0,
            2.0,
            new Figure.CpuPerOp(0.1, 0.2, 0.3),
            new Figure.Reference("other", 5, 0.4),
            2.0,
            Map.of("load_average", "0.1"));

    assertThat(figure.table())
        .contains("10.000 /s")
        .contains("server 0.100 ms, database 0.200 ms, client 0.300 ms")
        .contains("other: 5.000 /s, CPU 0.400 ms")
        .contains("load average");
  }
}
