package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.time.Duration;

/// How long a secret that is handed out may open something.
public final class SecretLife {
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(3_660);

  private SecretLife() {}

  /// @throws Refused with [Refusal#REQUEST_MALFORMED] for less than a minute or over ten years
  public static void check(Duration life) throws Refused {
    if (life.compareTo(SHORTEST) < 0 || life.compareTo(LONGEST) > 0) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED, "life: " + life + " (expected: 1 minute to 10 years)");
    }
  }
}
