package io.cardea.trials.arrows.planted.protocols.est;

/// Known by those who must not.
public final class Est {
  private Est() {}
}
