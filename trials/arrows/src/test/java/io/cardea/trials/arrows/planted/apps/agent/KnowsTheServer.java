package io.cardea.trials.arrows.planted.apps.agent;

import io.cardea.trials.arrows.planted.apps.server.Wiring;

final class KnowsTheServer {
  private KnowsTheServer() {}

  static Class<?> whom() {
    return Wiring.class;
  }
}
