package io.cardea.apps.server.api;

import io.cardea.life.Refusal;
import java.util.Optional;

/// What the API tells its metrics. Called on the threads of requests: return at once, never throw.
@FunctionalInterface
public interface ApiEvents {
  /// @param route method and template of the route, so that strangers cannot invent labels
  void answered(String route, int status, Optional<Refusal> refusal, long nanos);
}
