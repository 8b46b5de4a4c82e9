package io.cardea.life.inventory;

import java.util.Locale;

/// Where in the world of its owner a device lives.
public enum Environment {
  /// The factory.
  PRODUCTION,
  FIELD,
  PARTNER,
  LAB;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
