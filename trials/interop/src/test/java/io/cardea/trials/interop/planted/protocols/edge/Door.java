package io.cardea.trials.interop.planted.protocols.edge;

/// Known by those who must not.
public final class Door {
  private Door() {}
}
