package io.cardea.trials.arrows.planted.connectors.hivemq;

import io.cardea.trials.arrows.planted.platform.keys.Keys;

final class KnowsPlatform {
  private KnowsPlatform() {}

  static Class<?> whom() {
    return Keys.class;
  }
}
