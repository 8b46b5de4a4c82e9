package io.cardea.life.rotation;

import io.cardea.life.inventory.Credential;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When to renew a credential, told at a moment: as instants, and as what is left until then for a
/// device that has no clock to compare (R10).
///
/// @param retryAfter when to ask again: often enough to hear of a window that was moved early, a
///   quarter of the way to it, from a second to six hours
public record RenewalAdvice(
    Instant start, Instant end, long secondsToStart, long secondsToEnd, Duration retryAfter) {
  private static final Duration OFTEN = Duration.ofSeconds(1);
  private static final Duration SELDOM = Duration.ofHours(6);

  /// A credential that is no longer accepted should have been renewed before: its window is past.
  ///
  /// @param calledAt when a campaign called the device; what it was issued before that has its
  ///   window now
  public static RenewalAdvice of(Credential credential, Optional<Instant> calledAt, Instant now) {
    RenewalWindow window = window(credential, calledAt);
    Duration quarter = Duration.between(now, window.start()).dividedBy(4);
    Duration retry =
        quarter.compareTo(OFTEN) < 0 ? OFTEN : quarter.compareTo(SELDOM) > 0 ? SELDOM : quarter;
    return new RenewalAdvice(
        window.start(), window.end(), window.secondsToStart(now), window.secondsToEnd(now), retry);
  }

  private static RenewalWindow window(Credential credential, Optional<Instant> calledAt) {
    if (!credential.state().accepted()) {
      return new RenewalWindow(credential.issuedAt(), credential.issuedAt());
    }
    RenewalWindow usual =
        RenewalWindow.of(credential.id(), credential.issuedAt(), credential.notAfter());
    return calledAt
        .filter(called -> credential.issuedAt().isBefore(called))
        .filter(called -> called.isBefore(usual.start()))
        .map(called -> new RenewalWindow(called, called))
        .orElse(usual);
  }
}
