package io.cardea.trials.arrows.planted.protocols.edge;

/// Known by those who must not.
public final class Door {
  private Door() {}
}
