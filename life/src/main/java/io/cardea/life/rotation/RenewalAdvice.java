package io.cardea.life.rotation;

import java.time.Duration;
import java.time.Instant;

/// When to renew a credential, told at a moment: as instants, and as what is left until then for a
/// device that has no clock to compare (R10).
///
/// @param newKey whether a new credential for the same key is no help
/// @param retryAfter when to ask again: often enough to hear of a window that was moved early, a
///   quarter of the way to it, from a second to six hours
public record RenewalAdvice(
    Instant start,
    Instant end,
    long secondsToStart,
    long secondsToEnd,
    boolean newKey,
    Duration retryAfter) {
  private static final Duration OFTEN = Duration.ofSeconds(1);
  private static final Duration SELDOM = Duration.ofHours(6);

  public static RenewalAdvice of(RenewalWindow window, boolean newKey, Instant now) {
    Duration quarter = Duration.between(now, window.start()).dividedBy(4);
    Duration retry =
        quarter.compareTo(OFTEN) < 0 ? OFTEN : quarter.compareTo(SELDOM) > 0 ? SELDOM : quarter;
    return new RenewalAdvice(
        window.start(),
        window.end(),
        window.secondsToStart(now),
        window.secondsToEnd(now),
        newKey,
        retry);
  }
}
