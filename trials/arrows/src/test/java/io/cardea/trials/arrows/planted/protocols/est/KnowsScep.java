package io.cardea.trials.arrows.planted.protocols.est;

import io.cardea.trials.arrows.planted.protocols.scep.Scep;

final class KnowsScep {
  private KnowsScep() {}

  static Class<?> whom() {
    return Scep.class;
  }
}
