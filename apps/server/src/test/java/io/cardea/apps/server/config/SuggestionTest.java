package io.cardea.apps.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
  @ParameterizedTest
  @CsvSource({"'',abc,3", "abc,abc,0", "abc,acb,1", "abc,ab,1", "abc,abcd,1", "kitten,sitting,3"})
  void distance_countsEdits(String a, String b, int edits) {
    assertThat(Suggestion.distance(a, b)).isEqualTo(edits);
    assertThat(Suggestion.distance(b, a)).isEqualTo(edits);
  }

  @Test
  void farName_hasNoSuggestion() {
    assertThat(Suggestion.nearest("something.else", List.of("log.level", "public.url"))).isEmpty();
  }

  @Test
  void nearName_winsByFewestEdits() {
    assertThat(Suggestion.nearest("log.levle", List.of("log.lever", "log.level")))
        .contains("log.level");
  }
}
