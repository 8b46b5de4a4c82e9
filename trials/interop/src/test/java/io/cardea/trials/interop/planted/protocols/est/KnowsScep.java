package io.cardea.trials.interop.planted.protocols.est;

import io.cardea.trials.interop.planted.protocols.scep.Scep;

final class KnowsScep {
  private KnowsScep() {}

  static Class<?> whom() {
    return Scep.class;
  }
}
