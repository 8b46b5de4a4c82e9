package io.cardea.apps.agent;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What a device cannot know from within.
///
/// @param clock the wall clock, which may be ten years off; it decides nothing where the server can
///   be asked
/// @param ticker nanoseconds that only go forward, from any beginning
/// @param random for jitter alone, not for keys
public record Surroundings(InstantSource clock, LongSupplier ticker, RandomGenerator random) {
  private static final SecureRandom SHARED = new SecureRandom();

  public static Surroundings real() {
    return new Surroundings(InstantSource.system(), System::nanoTime, SHARED);
  }
}
