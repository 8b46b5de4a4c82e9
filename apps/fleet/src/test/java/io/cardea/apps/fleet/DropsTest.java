package io.cardea.apps.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DropsTest {

  @Test
  void sameSeed_losesTheSameAnswers_inWhateverOrderTheyAreAskedFor() {
    Drops one = new Drops(7, 0.3);
    Drops other = new Drops(7, 0.3);
    List<Boolean> forwards = new ArrayList<>();
    for (int device = 0; device < 20; device++) {
      for (int attempt = 0; attempt < 10; attempt++) {
        forwards.add(one.drops(device, attempt));
      }
    }
    List<Boolean> backwards = new ArrayList<>();
    for (int device = 19; device >= 0; device--) {
      for (int attempt = 9; attempt >= 0; attempt--) {
        backwards.add(other.drops(device, attempt));
      }
    }
    assertThat(forwards).isEqualTo(backwards.reversed()).contains(true, false);
  }

  @Test
  void otherSeed_losesOthers() {
    assertThat(lost(new Drops(7, 0.3))).isNotEqualTo(lost(new Drops(8, 0.3)));
  }

  @Test
  void share_isKept() {
    assertThat(lost(new Drops(1, 0.1)).size()).isBetween(900, 1_100);
    assertThat(lost(new Drops(1, 0))).isEmpty();
    assertThat(lost(new Drops(1, 1))).hasSize(10_000);
  }

  @Test
  void share_isAShare() {
    assertThatThrownBy(() -> new Drops(1, 1.5)).hasMessage("drop: 1.5 (expected: 0 to 1)");
    assertThatThrownBy(() -> new Drops(1, Double.NaN)).hasMessageContaining("NaN");
  }

  private static List<Integer> lost(Drops drops) {
    List<Integer> lost = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      if (drops.drops(i / 100, i % 100)) {
        lost.add(i);
      }
    }
    return lost;
  }
}
