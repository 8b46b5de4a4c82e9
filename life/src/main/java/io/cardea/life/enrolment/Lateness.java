package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Writes;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/// How late a device is that comes back by a second proof, and what its class makes of that. Judged
/// by the server's clock alone (R10): a device may have none, or one that stands in 1970.
///
/// @param by how long ago its last credential expired; zero for one that never had any, or that
///   still has one
record Lateness(Sighting sighting, Fingerprint key, Duration by) {

  static Lateness of(Sighting sighting, Fingerprint key, Instant now) {
    Optional<Instant> expiry =
        sighting.lineage().links().stream()
            .filter(link -> link.state() != CredentialState.REVOKED)
            .map(Link::notAfter)
            .max(Comparator.naturalOrder());
    Duration by =
        expiry
            .map(end -> Duration.between(end, now))
            .filter(Duration::isPositive)
            .orElse(Duration.ZERO);
    return new Lateness(sighting, key, by);
  }

  private DeviceClass.Lateness rules() {
    return sighting.deviceClass().joining().lateness();
  }

  /// Whether the expired credential is wanted, and neither it nor its key was shown.
  boolean wantsCredential() {
    return rules().wantsCredential()
        && by.compareTo(sighting.deviceClass().grace()) > 0
        && sighting.presented().isEmpty()
        && sighting.lineage().links().stream().noneMatch(link -> link.key().equals(key));
  }

  /// Whether an operator has to say yes, and the device comes back in quarantine.
  boolean wantsApproval() {
    return rules().approvalAfter().filter(after -> by.compareTo(after) > 0).isPresent();
  }

  /// Puts the device into quarantine with what it is issued.
  Sighting held(Writes writes, Instant now) {
    if (!(sighting.device().state() instanceof DeviceState.Enrolled enrolled)) {
      return sighting;
    }
    DeviceState.Quarantined held = enrolled.quarantined();
    writes.add(new InventoryChange.MoveDevice(sighting.device().id(), enrolled, held));
    writes.record(EntryKind.DEVICE_QUARANTINED, now, Map.of("why", "came back late, by " + by));
    return sighting.with(sighting.device().in(held));
  }
}
