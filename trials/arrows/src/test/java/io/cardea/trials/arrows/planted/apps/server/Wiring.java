package io.cardea.trials.arrows.planted.apps.server;

/// Known by those who must not.
public final class Wiring {
  private Wiring() {}
}
