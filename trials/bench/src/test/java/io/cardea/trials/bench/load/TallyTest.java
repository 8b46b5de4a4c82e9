package io.cardea.trials.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static byte[] fingerprint(int value) {
    byte[] fingerprint = new byte[32];
    Arrays.fill(fingerprint, (byte) value);
    return fingerprint;
  }

  private static Tally tally(int from, int count) {
    Tally tally = new Tally();
    for (int number = from; number < from + count; number++) {
      tally.succeeded(number * 1_000_000L, fingerprint(number));
    }
    tally.ended(1_000_000_000L);
    return tally;
  }

  @Test
  void percentile_isTheSmallestThatCoversTheShare() {
    Tally tally = tally(1, 1_000);

    assertThat(tally.hasPercentiles()).isTrue();
    assertThat(tally.percentileMillis(0.50)).isEqualTo(500);
    assertThat(tally.percentileMillis(0.99)).isEqualTo(990);
    assertThat(tally.maxMillis()).isEqualTo(1_000);
  }

  @Test
  void fewSamples_haveNoPercentiles() {
    assertThat(tally(1, 999).hasPercentiles()).isFalse();
  }

  @Test
  void slices_addUp() {
    Tally first = tally(1, 5_000);
    first.failed("closed");
    Tally all = Tally.of(List.of(first, tally(5_001, 3_000)));

    assertThat(all.succeeded()).isEqualTo(8_000);
    assertThat(all.perSecond()).isEqualTo(4_000);
    assertThat(all.seen()).isEqualTo(8_000);
    assertThat(all.seen(7_999)).isEqualTo(fingerprint(8_000));
    assertThat(all.failures()).containsEntry("closed", 1);
  }
}
