package io.cardea.platform.store.embedded;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits for a condition, with a deadline.
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Eventually() {}

  public static void holds(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("the condition did not come to hold within " + LIMIT);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /// The value, once the call no longer throws what is expected of it meanwhile.
  public static <T, X extends Exception> T succeeds(Class<X> meanwhile, Callable<T> call)
      throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        return call.call();
      } catch (Exception e) { // the expected kind waits, everything else fails the test
        if (!meanwhile.isInstance(e) || System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(10_000_000);
      }
    }
  }
}
