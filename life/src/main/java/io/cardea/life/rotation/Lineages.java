package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.SlotId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Reads of lineages. Many reads may share one query; blocks its (virtual) thread.
public interface Lineages {
  /// By the certificate that was shown. Empty when no credential has it.
  Optional<Sighting> byCertificate(Fingerprint certificate, Optional<Fingerprint> wantedKey);

  /// By the device, as a token names it. Empty when there is no such device.
  Optional<Sighting> bySlot(SlotId slot, Optional<Fingerprint> wantedKey);

  /// Every credential of the slot that was ever issued: for revocations and for people.
  Optional<Sighting> whole(SlotId slot);

  /// Retiring credentials whose overlap is over at `now` ([Link#overlapEnds] with the longest
  /// silence of their class, in classes that retire), at most `limit`.
  List<Retiring> retiring(Instant now, int limit);

  /// A credential whose overlap is over.
  record Retiring(SlotId slot, CredentialId credential) {}
}
