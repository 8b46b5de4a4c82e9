package io.cardea.trials.arrows.planted.apps.server;

import io.cardea.trials.arrows.planted.apps.agent.Agent;

final class KnowsTheAgent {
  private KnowsTheAgent() {}

  static Class<?> whom() {
    return Agent.class;
  }
}
