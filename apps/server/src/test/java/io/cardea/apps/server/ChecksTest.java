package io.cardea.apps.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.watch.Look;
import io.cardea.platform.store.Standbys.Standby;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChecksTest {
  private static final long GIB = 1L << 30;

  @Test
  void disk_isLowBelowTwoGibibytesOrATwentieth() {
    assertThat(Checks.disk(2 * GIB, 20 * GIB)).isInstanceOf(Look.Fine.class);
    assertThat(Checks.disk(2 * GIB - 1, 20 * GIB)).isInstanceOf(Look.Wrong.class);
    assertThat(Checks.disk(5 * GIB, 100 * GIB)).isInstanceOf(Look.Fine.class);
    assertThat(Checks.disk(5 * GIB - 1, 100 * GIB))
        .isEqualTo(new Look.Wrong("free: 5119 MiB of 102400 MiB"));
  }

  @Test
  void authority_isNearItsEndInTheLastFifthOfItsLife() {
    Instant from = Instant.parse("2026-01-01T00:00:00Z");
    Instant until = from.plusSeconds(1_000);
    assertThat(Checks.isNearItsEnd(from, until, from.plusSeconds(800))).isFalse();
    assertThat(Checks.isNearItsEnd(from, until, from.plusSeconds(801))).isTrue();
    assertThat(Checks.isNearItsEnd(from, until, until.plusSeconds(1))).isTrue();
  }

  @Test
  void backup_isOverdueAfterTheTimeBetweenTwo_orTheFirstOne() {
    Instant last = Instant.parse("2026-01-01T00:00:00Z");
    Duration every = Duration.ofDays(1);
    assertThat(Checks.backups(true, Optional.of(last), every, last.plus(every)))
        .isEqualTo(new Look.Fine("the last one: 2026-01-01T00:00:00Z"));
    assertThat(Checks.backups(true, Optional.of(last), every, last.plus(every).plusSeconds(1)))
        .isInstanceOf(Look.Wrong.class);
    assertThat(Checks.backups(false, Optional.of(last), every, last.plus(every)))
        .isInstanceOf(Look.Fine.class);
    assertThat(Checks.backups(false, Optional.of(last), every, last.plus(every).plusSeconds(1)))
        .isEqualTo(new Look.Wrong("none was ever made"));
  }

  @Test
  void standby_isNamedUnlessSynchronous() {
    assertThat(Checks.following(List.of(new Standby("a", true)))).isInstanceOf(Look.Fine.class);
    assertThat(Checks.following(List.of(new Standby("a", true), new Standby("b", false))))
        .isEqualTo(new Look.Wrong("not synchronous: b"));
  }
}
