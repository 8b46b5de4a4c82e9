package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.findings.FailedHandshakes;
import io.cardea.life.findings.HandshakeFailures;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every memory of failed handshakes keeps.
public abstract class HandshakeFailuresContract {
  private HandshakeFailures failures;

  protected abstract HandshakeFailures none() throws Exception;

  @BeforeEach
  final void begin() throws Exception {
    failures = none();
  }

  private static Fingerprint certificate(String name) {
    return Fingerprint.of(name.getBytes(StandardCharsets.UTF_8));
  }

  private static FailedHandshakes failure(String source, String shown, String before, int minute) {
    Instant at = NOON.plus(Duration.ofMinutes(minute));
    return new FailedHandshakes(
        source,
        "alert",
        "unknown_ca",
        Optional.of(shown)
            .filter(name -> !name.isEmpty())
            .map(HandshakeFailuresContract::certificate),
        Optional.of(before)
            .filter(name -> !name.isEmpty())
            .map(HandshakeFailuresContract::certificate),
        at,
        at,
        1);
  }

  @Test
  void sameKindFromTheSameSource_isAddedUp() {
    failures.add(List.of(failure("10.0.0.1", "a", "", 2)));
    failures.add(List.of(failure("10.0.0.1", "a", "", 1), failure("10.0.0.1", "", "", 3)));

    assertThat(failures.newest(Optional.empty(), 10))
        .extracting(FailedHandshakes::times)
        .containsExactly(1L, 2L);
    FailedHandshakes twice = failures.newest(Optional.empty(), 10).getLast();
    assertThat(twice.first()).isEqualTo(NOON.plus(Duration.ofMinutes(1)));
    assertThat(twice.last()).isEqualTo(NOON.plus(Duration.ofMinutes(2)));
    assertThat(twice.shown()).contains(certificate("a"));
    assertThat(twice.detail()).isEqualTo("unknown_ca");
  }

  @Test
  void certificate_findsWhereItWasShownOrProvenBefore() {
    failures.add(
        List.of(
            failure("10.0.0.1", "a", "", 1),
            failure("10.0.0.2", "", "a", 2),
            failure("10.0.0.3", "b", "c", 3)));

    assertThat(failures.of(Set.of(certificate("a"), certificate("z")), 10))
        .extracting(FailedHandshakes::source)
        .containsExactly("10.0.0.2", "10.0.0.1");
    assertThat(failures.of(Set.of(certificate("a")), 1)).hasSize(1);
    assertThat(failures.of(Set.of(), 10)).isEmpty();
  }

  @Test
  void source_narrows() {
    failures.add(List.of(failure("10.0.0.1", "", "", 1), failure("2001:db8::1", "", "", 2)));

    assertThat(failures.newest(Optional.of("2001:db8::1"), 10))
        .extracting(FailedHandshakes::source)
        .containsExactly("2001:db8::1");
    assertThatThrownBy(() -> failures.newest(Optional.empty(), HandshakeFailures.MAX_READ + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void strangers_pushNobodyOutWhoIsKnown() {
    failures.add(List.of(failure("10.0.0.1", "a", "", 1), failure("10.0.0.2", "", "b", 2)));
    for (int i = 0; i < 9; i++) {
      failures.add(List.of(failure("10.9.9." + i, "", "", 10 + i)));
    }

    failures.forget(NOON, 3);

    assertThat(failures.newest(Optional.empty(), 100))
        .extracting(FailedHandshakes::source)
        .containsExactly("10.9.9.8", "10.9.9.7", "10.9.9.6", "10.0.0.2", "10.0.0.1");
  }

  @Test
  void old_isForgotten() {
    failures.add(List.of(failure("10.0.0.1", "a", "", 1), failure("10.0.0.2", "", "b", 9)));

    failures.forget(NOON.plus(Duration.ofMinutes(5)), 100);

    assertThat(failures.newest(Optional.empty(), 100))
        .extracting(FailedHandshakes::source)
        .containsExactly("10.0.0.2");
  }
}
