package io.cardea.apps.agent;

/// Is told what happens, in order, on the agent's own thread: return soon, never throw.
@FunctionalInterface
public interface AgentEvents {
  void happened(AgentEvent event);

  /// Tells both.
  default AgentEvents and(AgentEvents other) {
    return event -> {
      happened(event);
      other.happened(event);
    };
  }

  /// Listens to nothing.
  AgentEvents NONE = event -> {};
}
