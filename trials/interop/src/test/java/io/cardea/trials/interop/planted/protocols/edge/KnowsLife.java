package io.cardea.trials.interop.planted.protocols.edge;

import io.cardea.trials.interop.planted.life.enrolment.UseCase;

final class KnowsLife {
  private KnowsLife() {}

  static Class<?> whom() {
    return UseCase.class;
  }
}
