package io.cardea.trials.interop.planted.platform.keys;

/// Known by those who must not.
public final class Keys {
  private Keys() {}
}
