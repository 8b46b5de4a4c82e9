package io.cardea.life.testing;

import java.util.Random;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Runs a property with many seeds, always the same ones, and names the seed that breaks it.
///
/// One seed alone runs with `-Dcardea.seed=N`; other ones than usual with `-Dcardea.seeds.from=N`.
public final class Seeds {
  private Seeds() {}

  public static void check(int count, Consumer<RandomGenerator> property) {
    Long single = Long.getLong("cardea.seed");
    if (single != null) {
      property.accept(new Random(single));
      return;
    }
    long from = Long.getLong("cardea.seeds.from", 0L);
    for (long seed = from; seed < from + count; seed++) {
      try {
        property.accept(new Random(seed));
      } catch (AssertionError | RuntimeException broken) {
        throw new AssertionError(
            "seed " + seed + " (alone with -Dcardea.seed=" + seed + "): " + broken.getMessage(),
            broken);
      }
    }
  }
}
