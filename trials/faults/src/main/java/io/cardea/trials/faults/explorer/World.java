package io.cardea.trials.faults.explorer;

import java.util.ArrayList;
import java.util.List;

/// Who is in it: a device of some kind, and a thief or none.
///
/// @param careful keeps the old credential beside the new one; else the new one replaces the old
///   one when it arrives, as with a plain EST client
/// @param newKey whether a retry brings a new key
public record World(Thief thief, boolean careful, boolean newKey) {
  /// Where the thief has his keys from.
  public enum Thief {
    NONE,
    /// Finds a credential that was retired: an old backup, a scrapped disk.
    FINDS_RETIRED,
    /// Copies the first key while it is in use.
    COPIES_FIRST
  }

  public static final List<World> ALL = all();

  private static List<World> all() {
    List<World> worlds = new ArrayList<>();
    for (Thief thief : Thief.values()) {
      for (boolean careful : new boolean[] {true, false}) {
        for (boolean newKey : new boolean[] {false, true}) {
          worlds.add(new World(thief, careful, newKey));
        }
      }
    }
    return List.copyOf(worlds);
  }

  @Override
  public String toString() {
    return (careful ? "careful" : "overwriting") + ", " + (newKey ? "new" : "same") + " key";
  }
}
