package io.cardea.apps.server;

import io.cardea.life.TrustedTime;
import io.cardea.life.rotation.Pruning;
import io.cardea.platform.store.Claims;
import io.cardea.platform.store.PostgresStore;
import java.time.Duration;

/// Comes round to remove expired credentials: a pass, in pieces of a few seconds, and then a pause.
/// Of several replicas one does it, under a claim that covers its pause too.
final class ExpiredCredentials implements Timers.Work {
  private static final String CLAIM = "pruning";
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(6);
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofSeconds(10);
  private static final Duration PIECE = Duration.ofSeconds(3);

  private final Pruning pruning;
  private final Claims claims;
  private final TrustedTime time;
  private final Duration pause;
  private long next = System.nanoTime();

  /// @param keep how long expired ones are kept: nobody minds a hundredth of it more
  ExpiredCredentials(
      PostgresStore store,
      Claims claims,
      TrustedTime time,
      Duration keep,
      Pruning.Observer observer) {
    this.pruning = new Pruning(store, store, store, time, keep, observer);
    this.claims = claims;
    this.time = time;
    Duration part = keep.dividedBy(100);
    Duration atMost = part.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : part;
    this.pause = atMost.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : atMost;
  }

  void comeRound(Timers timers) {
    timers.every(pause.compareTo(TICK) < 0 ? pause : TICK, "expired credentials", this);
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    if (now - next < 0) {
      return;
    }
    long end = now + PIECE.toNanos();
    boolean through =
        pruning.work(() -> System.nanoTime() - end < 0 && time.trusted() && claimed(LEASE));
    if (through) {
      next = System.nanoTime() + pause.toNanos();
      var _ = claimed(pause);
    }
  }

  private boolean claimed(Duration lease) {
    return claims.take(CLAIM, time.instant(), lease).isPresent();
  }
}
