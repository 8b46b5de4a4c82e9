package io.cardea.trials.interop.planted.apps.agent;

import io.cardea.trials.interop.planted.protocols.edge.Door;

final class KnowsTheEdge {
  private KnowsTheEdge() {}

  static Class<?> whom() {
    return Door.class;
  }
}
