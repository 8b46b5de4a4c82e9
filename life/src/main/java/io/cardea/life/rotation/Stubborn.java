package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.ledger.Commits.StoreFailure;
import java.util.Optional;

/// Reads, decides and commits again while other writers come first (R9), within a bound.
public final class Stubborn {
  private static final int ATTEMPTS = 8;

  private Stubborn() {}

  /// One attempt: empty when the commit found its reading stale.
  @FunctionalInterface
  public interface Attempt<T> {
    Optional<T> run() throws Refused;
  }

  /// @throws Refused with [Refusal#STORE_UNAVAILABLE] when the store does not answer, with
  ///   [Refusal#OVERLOADED] when others came first each time
  public static <T> T insist(Attempt<T> attempt) throws Refused {
    try {
      for (int i = 0; i < ATTEMPTS; i++) {
        Optional<T> result = attempt.run();
        if (result.isPresent()) {
          return result.get();
        }
      }
    } catch (StoreFailure failure) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the store did not confirm; try again", failure);
    }
    throw new Refused(Refusal.OVERLOADED, "other writers came first " + ATTEMPTS + " times");
  }
}
