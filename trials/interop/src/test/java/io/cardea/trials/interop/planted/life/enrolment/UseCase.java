package io.cardea.trials.interop.planted.life.enrolment;

/// Known by those who must not.
public final class UseCase {
  private UseCase() {}
}
