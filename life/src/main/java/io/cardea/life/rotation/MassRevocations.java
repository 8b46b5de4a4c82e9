package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Reads for revoking many, and how far each such order has come.
public interface MassRevocations {
  int MAX_PAGE = 1_000;

  Extent extent(Selection selection, Instant now);

  /// Devices of the selection that still have something to revoke, in the order of their ids, after
  /// `after` ("" for the first), at most `limit` (1 to 1,000) of them.
  List<Target> targets(Selection selection, String after, int limit);

  Optional<MassRevocationOrder> order(UUID id);

  /// Orders that are not carried out yet, oldest first, at most `limit`.
  List<MassRevocationOrder> unfinished(int limit);

  /// Notes that an order has come from one device to another. Nothing happens if somebody else
  /// noted anything meanwhile.
  ///
  /// @return whether it was noted
  boolean advance(MassRevocationOrder from, String to, long devices, long credentials, long spared);

  /// What a selection comes to.
  ///
  /// @param devices those with a credential that would be revoked
  /// @param healthy of those, the ones that hold an accepted credential whose last recorded use is
  ///   no older than the longest silence of their class
  record Extent(long devices, long credentials, long healthy) {}

  /// A device with the whole lineage of one of its slots; those of one device stand beside each
  /// other.
  ///
  /// @param credentials what of it is to be revoked
  record Target(Sighting sighting, Set<CredentialId> credentials) {}
}
