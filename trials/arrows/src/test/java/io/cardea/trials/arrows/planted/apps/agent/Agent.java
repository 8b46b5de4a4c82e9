package io.cardea.trials.arrows.planted.apps.agent;

/// Known by those who must not.
public final class Agent {
  private Agent() {}
}
