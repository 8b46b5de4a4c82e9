package io.cardea.platform.store;

import io.cardea.life.TrustedTime;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one clock (R10): set from the database, carried on by the monotonic clock.
///
/// Guarantees that `instant()` never goes backwards, asks nobody and does not follow the host's
/// clock. When the host's or the database's clock steps, or the two differ by more than the
/// tolerance, `trusted()` is false from then on until they have agreed for the settling time; only
/// then is the new time taken over. Time that was already given out stays: after a correction
/// backwards, the clock stands still and is not trusted until the database has caught up with it.
///
/// Does not notice that the database and the host were wrong together from the beginning.
public final class DatabaseClock implements TrustedTime, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseClock.class);

  private final TimeSources sources;
  private final Settings settings;
  private final ReentrantLock syncing = new ReentrantLock();
  private final AtomicLong latestGiven;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile State state;

  /// Why the clock is not trusted just now: stable codes, for alarms and for the log.
  public enum Distrust {
    /// The host's clock was set, or the host slept.
    HOST_CLOCK_STEPPED,
    /// The database's clock was set, or another node with another clock answers.
    DATABASE_CLOCK_STEPPED,
    /// The host's clock and the database's differ.
    CLOCKS_DIFFER,
    /// Time was corrected backwards; what was given out is ahead of it.
    AHEAD_OF_DATABASE,
    /// The database has not told its time for too long.
    NOT_SYNCHRONIZED
  }

  /// How often to ask, and how much to put up with.
  ///
  /// @param interval how often the database is asked
  /// @param tolerance how far clocks may be apart
  /// @param settle how long they must agree again before they are trusted
  /// @param longestSilence how long the monotonic clock may carry on alone
  public record Settings(
      Duration interval, Duration tolerance, Duration settle, Duration longestSilence) {
    public static final Settings USUAL =
        new Settings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofHours(1));

    public Settings {
      if (interval.toMillis() < 10 || interval.compareTo(Duration.ofMinutes(5)) > 0) {
        throw new IllegalArgumentException("interval: " + interval + " (expected: 10 ms to 5 min)");
      }
      if (tolerance.isNegative() || tolerance.isZero()) {
        throw new IllegalArgumentException("tolerance: " + tolerance + " (expected: > 0)");
      }
    }
  }

  /// All three clocks read at one moment, in nanoseconds (the first two since 1970).
  private record Sample(long database, long wall, long monotonic) {}

  /// @param anchor what the time of this clock is counted from
  /// @param last the newest reading of the database
  /// @param distrust why it is not trusted, or null
  /// @param agreeingSince since when (monotonic) the sources agree again, or null
  private record State(
      Sample anchor, Sample last, @Nullable Distrust distrust, @Nullable Long agreeingSince) {
    State distrusting(Distrust why) {
      return new State(anchor, last, why, null);
    }
  }

  DatabaseClock(TimeSources sources, Settings settings) throws SQLException {
    this.sources = sources;
    this.settings = settings;
    Sample first = sample();
    this.latestGiven = new AtomicLong(first.database);
    boolean agree = within(first.wall - first.database);
    this.state = new State(first, first, agree ? null : Distrust.CLOCKS_DIFFER, null);
    if (!agree) {
      LOG.error("the host's clock and the database's differ by {}", apart(first));
    }
  }

  /// Sets the clock and keeps it set until closed.
  public static DatabaseClock start(DataSource database, Settings settings) throws SQLException {
    DatabaseClock clock = new DatabaseClock(TimeSources.of(database), settings);
    Thread.ofPlatform().daemon().name("database-clock").start(clock::keepSet);
    return clock;
  }

  @Override
  public Instant instant() {
    long nanos = latestGiven.accumulateAndGet(reckoned(state), Math::max);
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L) / 1_000 * 1_000);
  }

  @Override
  public boolean trusted() {
    return distrust().isEmpty();
  }

  /// Why the clock is not trusted; empty when it is.
  public Optional<Distrust> distrust() {
    State now = state;
    if (now.distrust != null) {
      return Optional.of(now.distrust);
    }
    Sample host = host(now.last.database);
    if (!within((host.wall - now.last.wall) - (host.monotonic - now.last.monotonic))) {
      distrustUnlessSynced(now, Distrust.HOST_CLOCK_STEPPED);
      return Optional.of(Distrust.HOST_CLOCK_STEPPED);
    }
    if (latestGiven.get() - reckoned(now) > settings.tolerance().toNanos()) {
      return Optional.of(Distrust.AHEAD_OF_DATABASE);
    }
    if (host.monotonic - now.last.monotonic > settings.longestSilence().toNanos()) {
      return Optional.of(Distrust.NOT_SYNCHRONIZED);
    }
    return Optional.empty();
  }

  /// Asks the database once and judges. Returns false when it could not be asked, which changes
  /// nothing: the monotonic clock carries on.
  public boolean sync() {
    syncing.lock();
    try {
      Sample fresh = sample();
      State before = state;
      State after = judge(before, fresh);
      if (after.distrust != before.distrust) {
        LOG.warn("time: {} -> {} (apart {})", before.distrust, after.distrust, apart(fresh));
      }
      state = after;
      return true;
    } catch (SQLException e) {
      LOG.debug("the database did not tell its time", e);
      return false;
    } finally {
      syncing.unlock();
    }
  }

  /// The transition at a reading, without a look at any clock.
  private State judge(State before, Sample fresh) {
    long elapsed = fresh.monotonic - before.last.monotonic;
    @Nullable Distrust disagreement = null;
    if (!within((fresh.wall - before.last.wall) - elapsed)) {
      disagreement = Distrust.HOST_CLOCK_STEPPED;
    } else if (!within((fresh.database - before.last.database) - elapsed)) {
      disagreement = Distrust.DATABASE_CLOCK_STEPPED;
    } else if (!within(fresh.wall - fresh.database)) {
      disagreement = Distrust.CLOCKS_DIFFER;
    }
    if (disagreement != null) {
      return new State(before.anchor, fresh, disagreement, null);
    }
    if (before.distrust == null) {
      return new State(fresh, fresh, null, null);
    }
    Long since =
        before.agreeingSince == null ? Long.valueOf(fresh.monotonic) : before.agreeingSince;
    return fresh.monotonic - since >= settings.settle().toNanos()
        ? new State(fresh, fresh, null, null)
        : new State(before.anchor, fresh, before.distrust, since);
  }

  private void distrustUnlessSynced(State seen, Distrust why) {
    syncing.lock();
    try {
      if (state.equals(seen)) {
        LOG.error("time is not trusted: {}", why);
        state = seen.distrusting(why);
      }
    } finally {
      syncing.unlock();
    }
  }

  /// Half of the round trip is taken as the way back. A reading whose round trip is so long that
  /// the half could hide a step is no reading.
  private Sample sample() throws SQLException {
    long asked = sources.monotonicNanos().getAsLong();
    Instant database = sources.database().read();
    long roundTrip = sources.monotonicNanos().getAsLong() - asked;
    if (roundTrip > settings.tolerance().toNanos() / 2) {
      throw new SQLException("the database took " + roundTrip / 1_000_000 + " ms to tell its time");
    }
    Sample host = host(0);
    long there = nanos(database) + roundTrip / 2 + (host.monotonic - asked - roundTrip);
    return new Sample(there, host.wall, host.monotonic);
  }

  /// The host's two clocks at one moment: read again when we were held up in between, since a pause
  /// of the process is not a step of its clock.
  private Sample host(long database) {
    while (true) {
      long before = sources.monotonicNanos().getAsLong();
      long wall = nanos(sources.wall().instant());
      long monotonic = sources.monotonicNanos().getAsLong();
      if (monotonic - before <= settings.tolerance().toNanos() / 2) {
        return new Sample(database, wall, monotonic);
      }
    }
  }

  private void keepSet() {
    try {
      while (!closed.await(settings.interval().toMillis(), TimeUnit.MILLISECONDS)) {
        sync();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // somebody ends this thread: time carries on unchecked,
      LOG.error("nobody sets the clock any more"); // and is distrusted after the longest silence
    }
  }

  private long reckoned(State at) {
    return at.anchor.database + (sources.monotonicNanos().getAsLong() - at.anchor.monotonic);
  }

  private boolean within(long nanos) {
    return Math.abs(nanos) <= settings.tolerance().toNanos();
  }

  private static Duration apart(Sample sample) {
    return Duration.ofNanos(sample.wall - sample.database);
  }

  private static long nanos(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
  }

  /// Ends the keeping; the clock still tells the time.
  @Override
  public void close() {
    closed.countDown();
  }
}
