package io.cardea.apps.agent;

import io.cardea.protocols.est.client.RenewalInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/// When one generation is to be renewed, by the monotonic clock.
///
/// The server's window decides, counted from its answer. Only when the server answers without one,
/// or its answers are lost again and again, the certificate's own life does: two thirds of it. Then
/// alone the device's wall clock is looked at, and only for a certificate that this process did not
/// see arrive; a clock that is wrong makes the device renew early, never late.
final class Schedule {
  private static final int LOSSES = 3;
  private static final Duration STEP = Duration.ofSeconds(30);
  private static final double EARLIEST = 0.62;
  private static final double LATEST = 0.68;

  private final Surroundings surroundings;
  private int generation;
  private OptionalLong due = OptionalLong.empty();
  private long fallback;
  private boolean fallbackHolds;
  private long askAt;
  private long lifePasses;
  private long earliest;
  private int losses;
  private long wallAndTicker;

  Schedule(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// Begins anew for this generation, unless it is the one already.
  ///
  /// @param arrived whether its certificate came just now
  void follow(Generation next, boolean arrived) {
    if (next.number() == generation) {
      return;
    }
    generation = next.number();
    due = OptionalLong.empty();
    fallbackHolds = false;
    losses = 0;
    long now = surroundings.ticker().getAsLong();
    askAt = now;
    wallAndTicker = offset();
    Duration renewAfter = share(next.life());
    // A window that is always open, a mistake of the server, must not make a device renew for ever.
    earliest = arrived ? now + atLeastASecond(next.life().dividedBy(50)).toNanos() : now;
    lifePasses = now + renewAfter.toNanos();
    fallback = now + (arrived ? renewAfter : left(next, renewAfter)).toNanos();
  }

  private Duration share(Duration life) {
    double at = EARLIEST + surroundings.random().nextDouble() * (LATEST - EARLIEST);
    return Duration.ofNanos((long) (Math.min(life.toSeconds(), 10_000_000_000L / 2) * at * 1e9));
  }

  private Duration left(Generation generation, Duration renewAfter) {
    Instant begin = generation.certificate().getNotBefore().toInstant();
    Duration lived = Duration.between(begin, surroundings.clock().instant());
    if (lived.isNegative()) {
      return Duration.ZERO; // the clock is certainly wrong, so nobody knows how old it is
    }
    Duration left = renewAfter.minus(lived);
    return left.isNegative() ? Duration.ZERO : left;
  }

  boolean toAsk() {
    return surroundings.ticker().getAsLong() - askAt >= 0;
  }

  /// Whether the wall clock stepped, or the machine slept: what was counted may be off, so the
  /// server is to be asked again.
  boolean clockStepped() {
    if (Math.abs(offset() - wallAndTicker) <= STEP.toMillis()) {
      return false;
    }
    wallAndTicker = offset();
    askAt = surroundings.ticker().getAsLong();
    return true;
  }

  /// @param confirmed one that could never be confirmed is renewed before it ends, too
  boolean toRenew(boolean confirmed) {
    long now = surroundings.ticker().getAsLong();
    return now - earliest >= 0
        && (due.isPresent()
            ? now - due.getAsLong() >= 0
            : (fallbackHolds || !confirmed) && now - fallback >= 0);
  }

  /// Whether two thirds of the life are over, as far as this process saw it.
  boolean lifeIsPassing() {
    return surroundings.ticker().getAsLong() - lifePasses >= 0;
  }

  /// The server's window. A moment that was drawn before stays while it is inside.
  void answered(RenewalInfo info) {
    long now = surroundings.ticker().getAsLong();
    losses = 0;
    askAt = now + atLeastASecond(info.askAgain()).toNanos();
    if (info.relative().isEmpty()) {
      fallbackHolds = true;
      return;
    }
    long from = now + info.relative().get().start().toNanos();
    long to = now + info.relative().get().end().toNanos();
    long slack = Duration.ofSeconds(2).toNanos();
    if (due.isPresent() && due.getAsLong() - from >= -slack && to - due.getAsLong() >= -slack) {
      return;
    }
    long begin = Math.max(from - now, 0);
    long width = Math.max(to - now - begin, 0);
    due = OptionalLong.of(now + begin + (width == 0 ? 0 : surroundings.random().nextLong(width)));
  }

  /// The server answered, without a window.
  void answeredWithout(Duration askAgain) {
    losses = 0;
    fallbackHolds = true;
    askAt = surroundings.ticker().getAsLong() + atLeastASecond(askAgain).toNanos();
  }

  /// The server wants to be asked now, whatever it said before.
  void called() {
    askAt = surroundings.ticker().getAsLong();
    earliest = askAt;
  }

  void postponed(Duration wait) {
    askAt = surroundings.ticker().getAsLong() + wait.toNanos();
  }

  void lost() {
    if (++losses >= LOSSES) {
      fallbackHolds = true;
    }
  }

  /// When there is something to do again.
  Duration untilNext() {
    long now = surroundings.ticker().getAsLong();
    long next = askAt - now;
    if (due.isPresent()) {
      next = Math.min(next, Math.max(due.getAsLong(), earliest) - now);
    } else if (fallbackHolds) {
      next = Math.min(next, Math.max(fallback, earliest) - now);
    }
    return Duration.ofNanos(Math.max(0, next));
  }

  /// When the renewal begins, as far as it is known.
  Duration untilRenewal() {
    long at = due.isPresent() ? due.getAsLong() : fallback;
    return Duration.ofNanos(Math.max(0, at - surroundings.ticker().getAsLong()));
  }

  private long offset() {
    return surroundings.clock().millis() - surroundings.ticker().getAsLong() / 1_000_000;
  }

  private static Duration atLeastASecond(Duration wait) {
    return wait.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : wait;
  }
}
