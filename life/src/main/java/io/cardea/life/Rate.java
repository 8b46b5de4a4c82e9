package io.cardea.life;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/// How often each of many may come: so many in a period, all of them at once if they like, and then
/// evenly. (The virtual scheduling form of the generic cell rate algorithm.)
///
/// Takes a fixed 1 MiB however many there are, and no lock. Two that fall on the same of its places
/// share what one may; the places are chosen under a secret, so nobody can fall on a place of his
/// choice. Each replica counts for itself.
public final class Rate {
  private static final int PLACES = 1 << 16;

  private final long interval;
  private final long burst;
  private final long longestWait;
  private final LongSupplier nanos;
  private final long origin;
  private final byte[] secret = new byte[16];

  /// When the next one would come if all had come evenly; and when the last one that was turned
  /// away was told to come.
  private final AtomicLongArray due;

  private final AtomicLongArray told;

  private Rate(int count, Duration period, Duration longestWait, LongSupplier nanos) {
    this.interval = count == 0 ? 0 : period.toNanos() / count;
    this.burst = period.toNanos();
    this.longestWait = longestWait.toNanos();
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
    this.due = new AtomicLongArray(count == 0 ? 0 : PLACES);
    this.told = new AtomicLongArray(count == 0 ? 0 : PLACES);
    new SecureRandom().nextBytes(secret);
  }

  /// @param count how many may come in a period; 0 for as many as like
  /// @param longestWait what somebody who is turned away is told at most
  public static Rate of(int count, Duration period, Duration longestWait) {
    return of(count, period, longestWait, System::nanoTime);
  }

  /// By another clock.
  static Rate of(int count, Duration period, Duration longestWait, LongSupplier nanos) {
    if (count < 0 || period.isNegative() || count > period.toNanos()) {
      throw new IllegalArgumentException("rate: " + count + " in " + period);
    }
    return new Rate(count, period, longestWait, nanos);
  }

  public static Rate unlimited() {
    return of(0, Duration.ZERO, Duration.ZERO);
  }

  /// Counts one, or says after how long there is room for it: those who are turned away are told
  /// different times, as far apart as they may come.
  public Optional<Duration> take(String who) {
    if (interval == 0) {
      return Optional.empty();
    }
    int place = place(who);
    long now = nanos.getAsLong() - origin;
    while (true) {
      long before = due.get(place);
      long after = Math.max(before, now) + interval;
      if (after - now > burst) {
        return Optional.of(Duration.ofNanos(turn(place, now, after - burst)));
      }
      if (due.compareAndSet(place, before, after)) {
        return Optional.empty();
      }
    }
  }

  private long turn(int place, long now, long room) {
    while (true) {
      long before = told.get(place);
      long its = Math.max(before + interval, room);
      if (its - now > longestWait) {
        return longestWait;
      }
      if (told.compareAndSet(place, before, its)) {
        return its - now;
      }
    }
  }

  private int place(String who) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(secret);
      byte[] hash = digest.digest(who.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(hash).getInt() & (PLACES - 1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
