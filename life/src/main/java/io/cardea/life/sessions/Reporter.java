package io.cardea.life.sessions;

import io.cardea.life.inventory.Audience;
import java.util.regex.Pattern;

/// One run of one enforcement point: its sessions end with it.
///
/// @param audience in whose name it reports
/// @param incarnation its own word for this run, another one after each start
public record Reporter(String audience, String incarnation) {
  private static final Pattern INCARNATION = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  public Reporter {
    if (!INCARNATION.matcher(incarnation).matches()) {
      throw new IllegalArgumentException(
          "incarnation: "
              + incarnation.length()
              + " characters (expected: 1 to 64 of A-Z a-z 0-9 . _ -)");
    }
  }

  public static Reporter of(Audience audience, String incarnation) {
    return new Reporter(audience.name(), incarnation);
  }
}
