package io.cardea.life.sessions;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.SlotId;
import java.time.Instant;
import java.util.Optional;

/// A live connection of a device at an enforcement point.
///
/// @param id the reporter's own word for it
/// @param credential that opened it, and that it depends on
/// @param endingSince when it was decided that it has to end, if so
public record Session(
    Reporter reporter,
    String id,
    SlotId slot,
    CredentialId credential,
    Instant openedAt,
    Optional<Instant> endingSince) {
  public static final int MAX_ID = 128;

  /// How many sessions a device may have open at once.
  public static final int MOST_OF_A_DEVICE = 64;

  public Session {
    id = named(id);
  }

  /// The id, if it is one.
  public static String named(String id) {
    if (id.isEmpty() || id.length() > MAX_ID || id.chars().anyMatch(c -> c < '!' || c > '~')) {
      throw new IllegalArgumentException(
          "session: " + id.length() + " characters (expected: 1 to 128 of ASCII without blanks)");
    }
    return id;
  }
}
