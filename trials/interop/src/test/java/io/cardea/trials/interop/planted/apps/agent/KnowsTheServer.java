package io.cardea.trials.interop.planted.apps.agent;

import io.cardea.trials.interop.planted.apps.server.Wiring;

final class KnowsTheServer {
  private KnowsTheServer() {}

  static Class<?> whom() {
    return Wiring.class;
  }
}
