package io.cardea.protocols.edge;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How much of one event loop's time goes to handshakes. Confined to its loop.
///
/// A handshake costs us a signature before we know anything of whoever asks, so a flood of them
/// would take the time of devices that are connected. Here handshakes spend a share of the loop's
/// time and wait when it is spent, those from sources first that seldom leave handshakes
/// unfinished. Beyond [#PATIENT] in a rank the newest goes first: whoever waited long has likely
/// left, and serving in turn would make everybody late.
final class HandshakeBudget {
  /// What may be spent at once after a quiet while.
  private static final long MOST_CREDIT = TimeUnit.MILLISECONDS.toNanos(10);

  private static final long SHORTEST_WAIT = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int PATIENT = 16;

  /// Whose handshake waits.
  interface Waiting {
    /// Goes on with it now.
    void goOn();

    /// Whether there is still somebody.
    boolean gone();
  }

  /// The loop that this is confined to.
  interface Loop {
    long nanoTime();

    void later(Runnable task, long nanos);
  }

  private final double share;
  private final Loop loop;
  private final SourceRecord record = new SourceRecord();
  private final List<ArrayDeque<Waiting>> ranks =
      List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
  private long credit = MOST_CREDIT;
  private long asOf;
  private int left;
  private boolean timed;

  /// @param percent of the loop's time
  HandshakeBudget(int percent, Loop loop) {
    this.share = percent / 100.0;
    this.loop = loop;
    this.asOf = loop.nanoTime();
  }

  /// Goes on now, or when there is time for it. `goOn` is called on the loop, perhaps before this
  /// returns.
  void ask(InetAddress source, Waiting handshake) {
    refill();
    if (credit > 0 && waiting() == 0) {
      handshake.goOn();
      return;
    }
    ranks.get(record.rank(source, loop.nanoTime())).addLast(handshake);
    time();
  }

  /// Takes what a step of a handshake took, whatever else the machine did meanwhile.
  void spend(long nanos) {
    refill();
    credit -= nanos;
  }

  void ended(InetAddress source, boolean well) {
    record.note(source, well, loop.nanoTime());
  }

  /// One of those who wait has left.
  void left() {
    if (++left > 64 && left > waiting() / 2) {
      ranks.forEach(rank -> rank.removeIf(Waiting::gone));
      left = 0;
    }
  }

  int waiting() {
    return ranks.stream().mapToInt(ArrayDeque::size).sum();
  }

  long now() {
    return loop.nanoTime();
  }

  private void refill() {
    long now = loop.nanoTime();
    credit = Math.min(MOST_CREDIT, credit + (long) ((now - asOf) * share));
    asOf = now;
  }

  private void time() {
    if (!timed) {
      timed = true;
      loop.later(this::serve, Math.max(SHORTEST_WAIT, (long) (-credit / share)));
    }
  }

  private void serve() {
    timed = false;
    refill();
    while (credit > 0) {
      Waiting next = next();
      if (next == null) {
        return;
      }
      next.goOn();
      refill();
    }
    if (waiting() > 0) {
      time();
    }
  }

  private @Nullable Waiting next() {
    for (ArrayDeque<Waiting> rank : ranks) {
      while (!rank.isEmpty()) {
        Waiting next = rank.size() > PATIENT ? rank.removeLast() : rank.removeFirst();
        if (!next.gone()) {
          return next;
        }
        left--;
      }
    }
    return null;
  }
}
