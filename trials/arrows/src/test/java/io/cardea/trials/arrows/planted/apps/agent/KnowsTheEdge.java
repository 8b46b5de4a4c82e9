package io.cardea.trials.arrows.planted.apps.agent;

import io.cardea.trials.arrows.planted.protocols.edge.Door;

final class KnowsTheEdge {
  private KnowsTheEdge() {}

  static Class<?> whom() {
    return Door.class;
  }
}
