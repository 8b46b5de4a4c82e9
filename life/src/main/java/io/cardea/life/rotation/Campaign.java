package io.cardea.life.rotation;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// One reason to have many devices change their keys, and how far that has come.
///
/// A campaign asks, and takes nothing away: a device that was called and has not proven a new
/// credential goes on with what it holds (R1), whether the campaign is paused, halted or aborted.
///
/// @param actor who began it, as the ledger names them
/// @param why in their words
/// @param extent whom it came to when it was begun
/// @param wave the one that is being called, from 0, the canary
/// @param halt why it stands still, when the error budget was spent; "" otherwise
/// @param forgiven how many late devices were seen when somebody last had it go on
public record Campaign(
    UUID id,
    String actor,
    Selection selection,
    Cause cause,
    String why,
    Course course,
    Extent extent,
    Instant begunAt,
    State state,
    int wave,
    String halt,
    long forgiven,
    Optional<Instant> endedAt) {

  /// For what reason.
  public enum Cause {
    POLICY,
    COMPROMISE,
    ALGORITHM,
    AUTHORITY;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Where it stands.
  public enum State {
    RUNNING,
    /// Somebody has it wait; nobody is called.
    PAUSED,
    /// The error budget is spent; somebody has to look, and have it go on or end it.
    HALTED,
    /// Ended before its end: nobody more is called, and those who were may stay as they are.
    ABORTED,
    /// Everybody was called, and has proven, is late or is gone.
    DONE;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public boolean over() {
      return this == ABORTED || this == DONE;
    }
  }

  /// How it goes.
  ///
  /// @param canary how many devices are in the first wave
  /// @param growth how many times as many are in each wave than in the one before
  /// @param perMinute how many are called in a minute at most
  /// @param errorBudget how many of a hundred that were called may be late
  /// @param patience after how long a device that was called and has not proven is late
  public record Course(int canary, int growth, int perMinute, int errorBudget, Duration patience) {
    public static final int MOST_WAVES = 32;
    private static final Duration LONGEST = Duration.ofDays(366);

    /// Ten devices first, ten times as many in each wave after it, a thousand a minute; one of
    /// fifty may not have come within a day.
    public static final Course USUAL = new Course(10, 10, 1_000, 2, Duration.ofDays(1));

    public Course {
      between("canary", canary, 1, 1_000_000);
      between("growth", growth, 1, 100);
      between("per minute", perMinute, 1, 1_000_000);
      between("error budget", errorBudget, 0, 100);
      if (patience.compareTo(Duration.ofSeconds(1)) < 0 || patience.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "patience: " + patience + " (expected: a second to 366 days)");
      }
    }

    /// The wave of the device that was chosen at this place, from 0. The last wave takes whoever is
    /// left.
    public int waveOf(long place) {
      long end = canary;
      long size = canary;
      int wave = 0;
      while (place >= end && wave < MOST_WAVES - 1) {
        size = Math.min(size * growth, Integer.MAX_VALUE);
        end += size;
        wave++;
      }
      return wave;
    }

    private static void between(String name, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            name + ": " + value + " (expected: " + least + " to " + most + ")");
      }
    }
  }

  /// Whom a selection comes to.
  ///
  /// @param devices those that hold an accepted credential, and so have something to change
  /// @param healthy of those, the ones whose last recorded use is no older than the longest silence
  ///   of their class
  /// @param elsewhere of those, the ones that another campaign has that is not over
  public record Extent(long devices, long healthy, long elsewhere) {}

  Campaign in(State next, String halt, long forgiven, Instant at) {
    return new Campaign(
        id,
        actor,
        selection,
        cause,
        why,
        course,
        extent,
        begunAt,
        next,
        wave,
        halt,
        forgiven,
        next.over() ? Optional.of(at) : Optional.empty());
  }
}
