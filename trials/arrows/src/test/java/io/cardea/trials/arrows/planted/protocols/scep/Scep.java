package io.cardea.trials.arrows.planted.protocols.scep;

/// Known by those who must not.
public final class Scep {
  private Scep() {}
}
