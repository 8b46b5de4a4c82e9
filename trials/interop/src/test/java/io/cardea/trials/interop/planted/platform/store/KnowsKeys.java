package io.cardea.trials.interop.planted.platform.store;

import io.cardea.trials.interop.planted.platform.keys.Keys;

final class KnowsKeys {
  private KnowsKeys() {}

  static Class<?> whom() {
    return Keys.class;
  }
}
