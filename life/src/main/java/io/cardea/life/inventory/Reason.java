package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;

/// Why somebody does what takes effect for others, in their own words, for the ledger.
public final class Reason {
  /// In characters.
  public static final int MAX_LENGTH = 500;

  private Reason() {}

  /// Returns the text when it fits a ledger entry.
  ///
  /// @throws Refused with [Refusal#REQUEST_MALFORMED] when it is blank, too long or has control
  ///   characters
  public static String checked(String text) throws Refused {
    if (text.isBlank()
        || text.length() > MAX_LENGTH
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "reason: "
              + text.length()
              + " characters (expected: 1 to "
              + MAX_LENGTH
              + ", printable)");
    }
    return text;
  }
}
