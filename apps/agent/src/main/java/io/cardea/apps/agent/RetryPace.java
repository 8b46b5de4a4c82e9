package io.cardea.apps.agent;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long a device waits between attempts: full jitter, doubling.
///
/// @param first the bound of the first wait
/// @param longest the bound of every later one; while a credential lives, no more than a tenth of
///   its life
/// @param forHelp about how often to ask when a person has to do something first
public record RetryPace(Duration first, Duration longest, Duration forHelp) {
  private static final int MOST_DOUBLINGS = 20;

  public RetryPace {
    if (!first.isPositive() || longest.compareTo(first) < 0 || forHelp.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "pace: " + first + ", " + longest + ", " + forHelp + " (expected: 0 < first <= others)");
    }
  }

  /// A second, a quarter of an hour, an hour.
  public static RetryPace usual() {
    return new RetryPace(Duration.ofSeconds(1), Duration.ofMinutes(15), Duration.ofHours(1));
  }

  /// @param failures so far, at least one
  /// @param cap no wait is longer
  Duration afterFailure(int failures, Duration cap, RandomGenerator random) {
    long doubled = first.toNanos() << Math.min(failures - 1, MOST_DOUBLINGS);
    long bound = doubled <= 0 ? longest.toNanos() : Math.min(doubled, longest.toNanos());
    long capped = Math.max(1, Math.min(bound, Math.max(cap.toNanos(), first.toNanos() / 10)));
    return Duration.ofNanos(Math.max(capped / 20, random.nextLong(capped)));
  }

  /// Never earlier than the server said, and not all at the same moment.
  Duration afterWord(Duration said, RandomGenerator random) {
    long spread = Math.max(said.toNanos() / 10, first.toNanos() / 10);
    return said.plusNanos(random.nextLong(Math.max(1, spread)));
  }

  Duration waitingForHelp(RandomGenerator random) {
    long half = forHelp.toNanos() / 2;
    return Duration.ofNanos(half + random.nextLong(Math.max(1, half)));
  }
}
