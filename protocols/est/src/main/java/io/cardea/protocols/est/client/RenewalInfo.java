package io.cardea.protocols.est.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When the server wants this certificate renewed (RFC 9773).
///
/// @param start of the window, by the server's clock; not to be compared with a device's
/// @param end of the window, by the server's clock
/// @param relative the same window counted from the answer: what a device goes by
/// @param askAgain when the answer is worth asking for again
public record RenewalInfo(
    Instant start, Instant end, Optional<Relative> relative, Duration askAgain)
    implements RenewalAnswer {

  /// Negative when the moment has passed.
  public record Relative(Duration start, Duration end) {
    public Relative {
      if (end.compareTo(start) < 0) {
        throw new IllegalArgumentException(
            "end: " + end + " (expected: not before the start, " + start + ")");
      }
    }
  }
}
