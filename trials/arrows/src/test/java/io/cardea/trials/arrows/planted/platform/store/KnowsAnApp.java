package io.cardea.trials.arrows.planted.platform.store;

import io.cardea.trials.arrows.planted.apps.server.Wiring;

final class KnowsAnApp {
  private KnowsAnApp() {}

  static Class<?> whom() {
    return Wiring.class;
  }
}
