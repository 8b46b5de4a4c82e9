package io.cardea.apps.fleet;

import java.nio.file.Path;
import java.time.Duration;

/// What a run of the demonstration is to show.
///
/// @param life of the fleet's certificates
/// @param data what outlives the run
record DemoPlan(int devices, Drops drops, Duration life, Path data) {
  /// How often each device renews, at least, before there is something to report.
  static final int RENEWALS = 3;

  private static final int MOST_DEVICES = 2_000;
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(15);
  private static final Duration LONGEST_LIFE = Duration.ofHours(1);
  private static final int LIVES = 5;
  private static final Duration MARGIN = Duration.ofMinutes(1);

  DemoPlan {
    if (devices < 1 || devices > MOST_DEVICES) {
      throw new IllegalArgumentException(
          "devices: " + devices + " (expected: 1 to " + MOST_DEVICES + ")");
    }
    if (life.compareTo(SHORTEST_LIFE) < 0 || life.compareTo(LONGEST_LIFE) > 0) {
      throw new IllegalArgumentException("life: " + life + " (expected: 15s to 1h)");
    }
  }

  /// After this a run that has not shown everything is over: three renewals take about two lives.
  Duration patience() {
    return life.multipliedBy(LIVES).plus(MARGIN);
  }
}
