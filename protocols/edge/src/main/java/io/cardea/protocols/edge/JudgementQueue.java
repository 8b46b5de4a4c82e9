package io.cardea.protocols.edge;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/// Runs so many at once, lets so many wait in the order they came, and takes no more.
final class JudgementQueue {
  private final int atOnce;
  private final int waitingAtMost;
  private final Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int running;

  JudgementQueue(int atOnce, int waitingAtMost, Executor executor) {
    this.atOnce = atOnce;
    this.waitingAtMost = waitingAtMost;
    this.executor = executor;
  }

  /// @return false when it was not taken
  synchronized boolean offer(Runnable judgement) {
    if (running < atOnce) {
      running++;
      executor.execute(() -> run(judgement));
      return true;
    }
    return waiting.size() < waitingAtMost && waiting.add(judgement);
  }

  private void run(Runnable judgement) {
    try {
      judgement.run();
    } finally {
      ended();
    }
  }

  private synchronized void ended() {
    Runnable next = waiting.poll();
    if (next == null) {
      running--;
    } else {
      executor.execute(() -> run(next));
    }
  }
}
