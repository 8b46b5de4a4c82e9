package io.cardea.apps.server.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cardea.life.findings.Alarm;
import io.cardea.life.testing.SettableTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WatchTest {
  private final SettableTime time = new SettableTime(Instant.parse("2026-11-21T10:00:00Z"));

  @Test
  void alarm_isRaisedFromItsFirstWrongLookToItsFirstFineOne() {
    AtomicReference<Look> disk = new AtomicReference<>(new Look.Fine("40 % free"));
    try (Watch watch = watch(new Check(Alarm.DISK_LOW, Duration.ZERO, disk::get))) {
      watch.look();
      var start = time.instant();
      time.pass(Duration.ofSeconds(15));
      disk.set(new Look.Wrong("3 % free"));
      watch.look();
      var raised = time.instant();
      time.pass(Duration.ofSeconds(15));
      disk.set(new Look.Wrong("2 % free"));
      watch.look();

      assertThat(raised).isAfter(start);
      assertThat(watch.seen())
          .containsExactly(new Watch.Seen(Alarm.DISK_LOW, new Look.Wrong("2 % free"), raised));

      disk.set(new Look.Fine("50 % free"));
      watch.look();
      assertThat(watch.seen(Alarm.DISK_LOW))
          .contains(new Watch.Seen(Alarm.DISK_LOW, new Look.Fine("50 % free"), time.instant()));
    }
  }

  @Test
  void checkThatFailsOrTakesTooLong_isNotSeenAndSpoilsNoOther() {
    CountDownLatch never = new CountDownLatch(1);
    try (Watch watch =
        new Watch(
            List.of(
                new Check(
                    Alarm.PUBLIC_URL_ASTRAY,
                    Duration.ZERO,
                    () -> {
                      never.await();
                      return new Look.Fine("");
                    }),
                new Check(
                    Alarm.DATABASE_UNAVAILABLE,
                    Duration.ZERO,
                    () -> {
                      throw new IOException("secret-host refused");
                    }),
                new Check(Alarm.DISK_LOW, Duration.ZERO, () -> new Look.Wrong("full"))),
            time,
            Duration.ofMillis(200))) {
      watch.look();

      assertThat(watch.seen())
          .extracting(Watch.Seen::alarm, Watch.Seen::look)
          .containsExactly(
              tuple(Alarm.DISK_LOW, new Look.Wrong("full")),
              tuple(Alarm.DATABASE_UNAVAILABLE, new Look.Unseen("could not be looked at")),
              tuple(Alarm.PUBLIC_URL_ASTRAY, new Look.Unseen("could not be looked at in time")));
    }
  }

  @Test
  void check_isMadeWhenDueAndAgainAtOnceUntilItWasSeen() {
    AtomicInteger looks = new AtomicInteger();
    try (Watch watch =
        watch(
            new Check(
                Alarm.PUBLIC_URL_ASTRAY,
                Duration.ofHours(1),
                () ->
                    looks.incrementAndGet() < 3 ? new Look.Unseen("?") : new Look.Fine("here")))) {
      for (int round = 0; round < 10; round++) {
        watch.look();
      }

      assertThat(looks).hasValue(3);
    }
  }

  private Watch watch(Check check) {
    return new Watch(List.of(check), time);
  }
}
