package io.cardea.trials.interop.planted.life;

import io.cardea.trials.interop.planted.protocols.est.Est;

final class KnowsAProtocol {
  private KnowsAProtocol() {}

  static Class<?> whom() {
    return Est.class;
  }
}
