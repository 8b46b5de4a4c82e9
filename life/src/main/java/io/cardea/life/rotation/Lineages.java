package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Serial;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reads of lineages. Many reads may share one query; blocks its (virtual) thread.
public interface Lineages {
  /// By what was shown ([io.cardea.life.inventory.Credential#shown]): a certificate, or the proof
  /// of a secret. Empty when no credential has it.
  Optional<Sighting> byCertificate(Fingerprint certificate, Optional<Fingerprint> wantedKey);

  /// By the device, as a token names it. Empty when there is no such device.
  Optional<Sighting> bySlot(SlotId slot, Optional<Fingerprint> wantedKey);

  /// Every credential of the slot that was ever issued: for revocations and for people.
  Optional<Sighting> whole(SlotId slot);

  /// The slots of the device that ever had a credential, by name.
  List<SlotId> slots(DeviceId device);

  /// Retiring credentials to look at: their overlap is over at `now` ([Link#overlapEnds] with the
  /// longest silence of their class, in classes that retire), and they are not postponed. Those
  /// that something still depends on are among them. At most `limit`.
  List<Retiring> retiring(Instant now, int limit);

  /// Something still depends on these: they are looked at again at `until`, or at once after a
  /// [RotationChange.LookAgain] or the end of a session.
  void postpone(List<CredentialId> retiring, Instant until);

  /// A credential whose overlap is over.
  record Retiring(SlotId slot, CredentialId credential) {}

  /// Credentials that expired before `until`, behind the place, in the order of their places, at
  /// most `limit`.
  List<Expired> expired(Place after, Instant until, int limit);

  /// The order in which credentials expire.
  record Place(Instant notAfter, CredentialId credential) {
    public static final Place FIRST = new Place(Instant.EPOCH, new CredentialId(new UUID(0, 0)));
  }

  /// An expired credential, and what may still need it.
  ///
  /// @param grace that of its class
  /// @param retires whether its class ends overlaps by a timer ([Terms#retires])
  /// @param followed whether a younger one of its slot is there
  /// @param used whether it is one of the last three uses of its slot
  /// @param forked whether its lineage is forked
  /// @param parent the credential that it was issued under, if that is there
  /// @param listing its place in the revocation lists, if it is revoked or was on hold
  record Expired(
      Place place,
      CredentialState state,
      Duration grace,
      boolean retires,
      boolean followed,
      boolean used,
      boolean forked,
      Optional<CredentialId> parent,
      Optional<Listing> listing) {}

  /// @param position in its shard
  record Listing(AuthorityId authority, int shard, Serial serial, long position) {}
}
