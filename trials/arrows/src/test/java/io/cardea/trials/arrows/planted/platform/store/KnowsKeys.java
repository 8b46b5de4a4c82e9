package io.cardea.trials.arrows.planted.platform.store;

import io.cardea.trials.arrows.planted.platform.keys.Keys;

final class KnowsKeys {
  private KnowsKeys() {}

  static Class<?> whom() {
    return Keys.class;
  }
}
