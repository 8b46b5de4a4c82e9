package io.cardea.life.inventory;

import io.cardea.life.ledger.Entry;
import java.util.Set;

/// The part of the fleet that a role is held for. Each set that is not empty narrows it; a device
/// is in the scope if it is in all of them.
public record Scope(Set<String> classes, Set<Environment> environments, Set<String> owners) {
  /// The whole fleet.
  public static final Scope ALL = new Scope(Set.of(), Set.of(), Set.of());

  public static final int MAX_NAMES = 64;

  /// Between the names of a set in the ledger: no name has it.
  static final String SEPARATOR = "\n";

  public Scope {
    classes = Set.copyOf(classes);
    environments = Set.copyOf(environments);
    owners = Set.copyOf(owners);
    bounded("classes", classes);
    bounded("owners", owners);
  }

  public boolean covers(Device device) {
    return in(classes, device.deviceClass())
        && in(environments, device.environment())
        && in(owners, device.owner());
  }

  public boolean isAll() {
    return classes.isEmpty() && environments.isEmpty() && owners.isEmpty();
  }

  private static <T> boolean in(Set<T> allowed, T value) {
    return allowed.isEmpty() || allowed.contains(value);
  }

  /// A set has to fit into one fact of the ledger.
  private static void bounded(String what, Set<String> names) {
    if (names.size() > MAX_NAMES) {
      throw new IllegalArgumentException(
          what + ": " + names.size() + " (expected: at most " + MAX_NAMES + ")");
    }
    int together = 0;
    for (String name : names) {
      if (name.length() > Device.MAX_TEXT || name.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            what
                + ": a name of "
                + name.length()
                + " characters (expected: up to "
                + Device.MAX_TEXT
                + ", printable)");
      }
      together += name.length() + SEPARATOR.length();
    }
    if (together > Entry.MAX_FACT_LENGTH) {
      throw new IllegalArgumentException(
          what
              + ": "
              + together
              + " characters together (expected: at most "
              + Entry.MAX_FACT_LENGTH
              + ")");
    }
  }
}
