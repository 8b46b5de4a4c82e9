package io.cardea.trials.interop.planted.protocols.est;

/// Known by those who must not.
public final class Est {
  private Est() {}
}
