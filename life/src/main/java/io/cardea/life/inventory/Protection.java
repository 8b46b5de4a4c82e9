package io.cardea.life.inventory;

import java.util.Locale;

/// How well the private key of a credential is kept, as far as Cardea knows.
public enum Protection {
  /// Nobody said anything about the key.
  UNKNOWN,
  /// Software, by the device's own word.
  SOFTWARE,
  /// Hardware, by the device's own word.
  HARDWARE,
  /// Hardware, and attested.
  ATTESTED;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
