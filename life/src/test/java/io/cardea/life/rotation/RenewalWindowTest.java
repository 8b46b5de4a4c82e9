package io.cardea.life.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.inventory.CredentialId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenewalWindowTest {
  private static final Instant ISSUED = Instant.parse("2026-01-01T00:00:00Z");

  private static RenewalWindow window(long number, Duration life) {
    return RenewalWindow.of(new CredentialId(new UUID(7, number)), ISSUED, ISSUED.plus(life));
  }

  @ParameterizedTest
  @ValueSource(longs = {60, 3_600, 7_776_000, 3_155_760_000L})
  void window_liesBetween60And75PercentOfALife(long seconds) {
    for (int i = 0; i < 1_000; i++) {
      RenewalWindow window = window(i, Duration.ofSeconds(seconds));
      double start = Duration.between(ISSUED, window.start()).toMillis() / (seconds * 1_000.0);
      double end = Duration.between(ISSUED, window.end()).toMillis() / (seconds * 1_000.0);
      assertThat(start).isBetween(0.599, 0.701);
      assertThat(end).isBetween(start + 0.049, 0.751);
      assertThat(window.renewalPoint()).isEqualTo(window.start());
    }
  }

  @Test
  void windowsOfOneMoment_areSpread() {
    Set<Long> hours = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      hours.add(Duration.between(ISSUED, window(i, Duration.ofDays(100)).start()).toHours() / 24);
    }
    assertThat(hours).hasSize(10);
  }

  @Test
  void window_isTheSameWheneverAsked() {
    assertThat(window(42, Duration.ofDays(90))).isEqualTo(window(42, Duration.ofDays(90)));
  }

  @Test
  void seconds_areRoundedUpAndNeverNegative() {
    RenewalWindow window = window(1, Duration.ofDays(90));

    assertThat(window.secondsToStart(window.start().minusMillis(1_001))).isEqualTo(2);
    assertThat(window.secondsToStart(window.start())).isZero();
    assertThat(window.secondsToStart(window.end())).isZero();
    assertThat(window.secondsToEnd(window.start())).isEqualTo(388_800);
  }

  @Test
  void lifeWithoutLength_hasAWindowWithoutLength() {
    assertThat(window(1, Duration.ZERO)).isEqualTo(new RenewalWindow(ISSUED, ISSUED));
  }
}
