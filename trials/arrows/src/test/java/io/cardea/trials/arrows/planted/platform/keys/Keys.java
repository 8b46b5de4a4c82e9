package io.cardea.trials.arrows.planted.platform.keys;

/// Known by those who must not.
public final class Keys {
  private Keys() {}
}
