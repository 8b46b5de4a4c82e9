package io.cardea.trials.interop.planted.apps.agent;

import io.cardea.trials.interop.planted.platform.keys.Keys;

final class KnowsPlatform {
  private KnowsPlatform() {}

  static Class<?> whom() {
    return Keys.class;
  }
}
