package io.cardea.trials.arrows.planted.trials.faults;

/// Known by those who must not.
public final class Trial {
  private Trial() {}
}
