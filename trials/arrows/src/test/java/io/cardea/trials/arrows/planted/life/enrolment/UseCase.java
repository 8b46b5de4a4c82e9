package io.cardea.trials.arrows.planted.life.enrolment;

/// Known by those who must not.
public final class UseCase {
  private UseCase() {}
}
