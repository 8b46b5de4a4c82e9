package io.cardea.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AtomicLong nanos = new AtomicLong(-5);

  @Test
  void asManyAsThePeriodHas_mayComeAtOnce() {
    Rate rate = perMinute(3);

    assertThat(rate.take("pump")).isEmpty();
    assertThat(rate.take("pump")).isEmpty();
    assertThat(rate.take("pump")).isEmpty();
    assertThat(rate.take("pump")).contains(Duration.ofSeconds(20));
  }

  @Test
  void oneIsNoneOfTheOthers() {
    Rate rate = perMinute(1);

    assertThat(rate.take("pump")).isEmpty();
    assertThat(rate.take("valve")).isEmpty();
    assertThat(rate.take("pump")).isPresent();
  }

  @Test
  void whoComesWhenTold_isLetIn() {
    Rate rate = perMinute(2);
    rate.take("pump");
    rate.take("pump");

    pass(rate.take("pump").orElseThrow());

    assertThat(rate.take("pump")).isEmpty();
  }

  @Test
  void thoseWhoAreTurnedAway_areToldDifferentTimes() {
    Rate rate = perMinute(60);
    for (int i = 0; i < 60; i++) {
      assertThat(rate.take("class")).isEmpty();
    }

    assertThat(rate.take("class")).contains(Duration.ofSeconds(1));
    assertThat(rate.take("class")).contains(Duration.ofSeconds(2));
    assertThat(rate.take("class")).contains(Duration.ofSeconds(3));
    for (int i = 0; i < 1_000; i++) {
      assertThat(rate.take("class").orElseThrow()).isBetween(Duration.ofSeconds(4), MINUTE);
    }
  }

  @Test
  void neverMoreThanThePeriodAndItsBurst_howeverTheyCome() {
    Random random = new Random(7);
    Rate rate = perMinute(30);
    int let = 0;
    for (int i = 0; i < 10_000; i++) {
      pass(Duration.ofMillis(random.nextInt(100)));
      let += rate.take("pump").isEmpty() ? 1 : 0;
    }

    long minutes = Duration.ofNanos(nanos.get()).toMinutes();
    assertThat(let).isBetween((int) (30 * minutes), (int) (30 * (minutes + 2)));
  }

  @Test
  void manyAtOnce_doNotGetMoreTogether() throws Exception {
    Rate rate = perMinute(100);
    AtomicInteger let = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        threads.execute(() -> {
          for (int j = 0; j < 500; j++) {
            let.addAndGet(rate.take("pump").isEmpty() ? 1 : 0);
          }
        });
      }
    }

    assertThat(let).hasValue(100);
  }

  @Test
  void noLimit_turnsNobodyAway() {
    Rate rate = Rate.unlimited();
    for (int i = 0; i < 1_000; i++) {
      assertThat(rate.take("pump")).isEqualTo(Optional.empty());
    }
  }

  @Test
  void negative_isRefused() {
    assertThatThrownBy(() -> Rate.of(-1, MINUTE, MINUTE)).hasMessageContaining("-1");
  }

  private Rate perMinute(int count) {
    return Rate.of(count, MINUTE, MINUTE, nanos::get);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
