package io.cardea.life.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@DisabledIfSystemProperty(named = "cardea.seed", matches = ".*", disabledReason = "one seed alone")
class SeedsTest {
  @Test
  void failingSeed_isNamed() {
    List<Integer> seen = new ArrayList<>();
    assertThatThrownBy(() ->
            Seeds.check(
                10,
                random -> {
                  seen.add(random.nextInt());
                  assertThat(seen).hasSizeLessThan(4);
                }))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 3 (alone with -Dcardea.seed=3)");
  }

  @Test
  void seeds_areTheSameEachTime() {
    List<Integer> one = new ArrayList<>();
    List<Integer> other = new ArrayList<>();
    Seeds.check(5, random -> one.add(random.nextInt()));
    Seeds.check(5, random -> other.add(random.nextInt()));

    assertThat(one).isEqualTo(other).doesNotHaveDuplicates();
  }
}
