package io.cardea.trials.interop.planted.apps.server;

import io.cardea.trials.interop.planted.apps.agent.Agent;

final class KnowsTheAgent {
  private KnowsTheAgent() {}

  static Class<?> whom() {
    return Agent.class;
  }
}
