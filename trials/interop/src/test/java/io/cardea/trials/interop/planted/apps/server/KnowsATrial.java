package io.cardea.trials.interop.planted.apps.server;

import io.cardea.trials.interop.planted.trials.faults.Trial;

final class KnowsATrial {
  private KnowsATrial() {}

  static Class<?> whom() {
    return Trial.class;
  }
}
