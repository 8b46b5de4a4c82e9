package io.cardea.life.inventory;

import java.time.Duration;

/// A slot that the devices of a class have beside the operational one: what they may hold in it,
/// and for how long.
///
/// @param deviceClass the name of the class
/// @param name of the slot
/// @param life of each credential
public record SecretSlot(
    String deviceClass, String name, CredentialKind.Secret kind, Duration life) {
  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofDays(3_660);

  public SecretSlot {
    SlotId.checkName(name);
    if (name.equals(SlotId.OPERATIONAL)) {
      throw new IllegalArgumentException(
          "slot: " + name + " (expected: another name; that one holds certificates)");
    }
    if (life.compareTo(SHORTEST) < 0 || life.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("life: " + life + " (expected: 10 seconds to 10 years)");
    }
  }
}
