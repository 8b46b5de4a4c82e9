package io.cardea.trials.arrows.planted.life;

import java.time.Instant;
import java.util.function.Supplier;

final class AsksAClock {
  private AsksAClock() {}

  static long byCall() {
    return System.currentTimeMillis();
  }

  static Supplier<Instant> byReference() {
    return Instant::now;
  }
}
