package io.cardea.trials.arrows.planted.life;

import io.cardea.trials.arrows.planted.protocols.est.Est;

final class KnowsAProtocol {
  private KnowsAProtocol() {}

  static Class<?> whom() {
    return Est.class;
  }
}
