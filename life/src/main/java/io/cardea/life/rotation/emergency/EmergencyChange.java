package io.cardea.life.rotation.emergency;

import io.cardea.life.ledger.Change;
import java.util.Optional;
import java.util.UUID;

/// Changes of emergencies.
public sealed interface EmergencyChange extends Change {
  record BeginEmergency(Emergency emergency) implements EmergencyChange {}

  /// Stale when it is safe, or another revocation was ordered meanwhile.
  ///
  /// @param seen the revocation that was ordered last, as far as was known
  record StepEmergency(Optional<UUID> seen, Emergency to) implements EmergencyChange {}
}
