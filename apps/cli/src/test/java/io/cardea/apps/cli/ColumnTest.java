package io.cardea.apps.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnTest {
  @ParameterizedTest
  @CsvSource({"0, 0s", "59, 59s", "3600, 1h", "86400, 1d", "5832000, 67d12h", "90061, 1d1h1m1s"})
  void seconds_areToldInUnitsThatPeopleCount(long seconds, String text) {
    assertThat(Column.seconds(seconds)).isEqualTo(text);
  }
}
