package io.cardea.trials.interop.planted.platform.store;

import io.cardea.trials.interop.planted.apps.server.Wiring;

final class KnowsAnApp {
  private KnowsAnApp() {}

  static Class<?> whom() {
    return Wiring.class;
  }
}
