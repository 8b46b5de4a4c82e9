package io.cardea.trials.bench.load;

import java.util.List;

/// Requests made beforehand, so that making them does not take from what is measured; when they run
/// out, they are made as they are needed, and counted. Used by one thread.
public final class Supply {
  private final CsrMaker maker;
  private final List<Csr> made;
  private int taken;

  public Supply(CsrMaker maker, int count) {
    this.maker = maker;
    this.made = maker.make(count);
  }

  private Supply(CsrMaker maker, List<Csr> made) {
    this.maker = maker;
    this.made = made;
  }

  /// The same requests once more, for somebody else.
  public Supply again() {
    return new Supply(maker, made);
  }

  Csr next() {
    int number = taken++;
    return number < made.size() ? made.get(number) : maker.make();
  }

  /// How many were made while the clock ran.
  public int madeLate() {
    return Math.max(0, taken - made.size());
  }
}
