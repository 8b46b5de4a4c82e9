package io.cardea.trials.faults;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Waits for what must become true.
final class Eventually {
  private static final Duration USUAL = Duration.ofSeconds(30);
  private static final long POLL_MILLIS = 20;

  private Eventually() {}

  static void until(String what, Callable<Boolean> condition) throws Exception {
    until(USUAL, () -> what, condition);
  }

  static void until(Duration limit, Supplier<String> what, Callable<Boolean> condition)
      throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within " + limit + ": " + what.get());
      }
      LockSupport.parkNanos(MILLISECONDS.toNanos(POLL_MILLIS));
    }
  }
}
