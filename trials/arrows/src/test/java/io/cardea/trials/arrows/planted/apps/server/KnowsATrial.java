package io.cardea.trials.arrows.planted.apps.server;

import io.cardea.trials.arrows.planted.trials.faults.Trial;

final class KnowsATrial {
  private KnowsATrial() {}

  static Class<?> whom() {
    return Trial.class;
  }
}
