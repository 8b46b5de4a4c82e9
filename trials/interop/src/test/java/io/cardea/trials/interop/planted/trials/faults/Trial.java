package io.cardea.trials.interop.planted.trials.faults;

/// Known by those who must not.
public final class Trial {
  private Trial() {}
}
