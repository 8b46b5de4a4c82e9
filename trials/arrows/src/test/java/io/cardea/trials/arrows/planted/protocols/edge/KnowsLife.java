package io.cardea.trials.arrows.planted.protocols.edge;

import io.cardea.trials.arrows.planted.life.enrolment.UseCase;

final class KnowsLife {
  private KnowsLife() {}

  static Class<?> whom() {
    return UseCase.class;
  }
}
