package io.cardea.life.rotation.emergency;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What is kept of emergencies.
public interface Emergencies {
  Optional<Emergency> emergency(UUID id);

  /// Newest first, at most `limit`.
  List<Emergency> emergencies(Optional<UUID> before, int limit);

  /// Those that are not safe yet, oldest first.
  List<Emergency> runningEmergencies();
}
