package io.cardea.platform.keys;

import java.security.GeneralSecurityException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Keeps a few costly objects of the cryptography architecture for whoever comes next. Never
/// blocks: who finds the pool empty makes a new one, and what does not fit back is left to the
/// collector. (A thread local would keep one for each of a hundred thousand virtual threads.)
final class Pool<T> {
  private static final int SIZE = 16;

  interface Maker<T> {
    T make() throws GeneralSecurityException;
  }

  private final BlockingQueue<T> idle = new ArrayBlockingQueue<>(SIZE);
  private final Maker<T> maker;

  Pool(Maker<T> maker) {
    this.maker = maker;
  }

  T take() throws GeneralSecurityException {
    T pooled = idle.poll();
    return pooled != null ? pooled : maker.make();
  }

  /// Takes back one that did its work; one that failed half-way is not to come back.
  @SuppressWarnings("unused") // whether it fitted does not matter
  void giveBack(T used) {
    boolean kept = idle.offer(used);
  }
}
