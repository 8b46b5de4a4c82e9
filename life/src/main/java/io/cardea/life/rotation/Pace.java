package io.cardea.life.rotation;

import java.time.Duration;
import java.time.Instant;

/// How many candidates a slot has staged since a moment: what R5 counts, window by window.
public record Pace(Instant since, int staged) {
  public static final Pace NONE = new Pace(Instant.EPOCH, 0);

  /// With one candidate more; outside the window a new one begins.
  Pace counted(Instant at, Duration window) {
    return holds(at, window) ? new Pace(since, staged + 1) : new Pace(at, 1);
  }

  /// How long until the next window, or zero when there is room in this one.
  Duration rest(Instant at, Duration window, int limit) {
    return holds(at, window) && staged >= limit
        ? Duration.between(at, since.plus(window))
        : Duration.ZERO;
  }

  /// A window that begins in the future was opened by a clock that has been mended since.
  private boolean holds(Instant at, Duration window) {
    return !at.isBefore(since) && at.isBefore(since.plus(window));
  }
}
