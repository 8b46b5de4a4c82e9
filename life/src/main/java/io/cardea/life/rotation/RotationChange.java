package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// The rows of a lineage that a decision can write.
public sealed interface RotationChange extends Change {
  /// A step of the slot. Locks its row; stale unless the slot is at `expectedVersion` (0: it has no
  /// row, and gets one). Everything else of the decision stands or falls with it (R9).
  record StepSlot(
      SlotId slot,
      long expectedVersion,
      List<CredentialId> uses,
      Optional<Instant> forkedAt,
      Pace pace,
      Map<String, CredentialId> seen)
      implements RotationChange {
    public StepSlot {
      seen = Map.copyOf(seen);
    }

    /// Of which no audience saw anything.
    public StepSlot(
        SlotId slot,
        long expectedVersion,
        List<CredentialId> uses,
        Optional<Instant> forkedAt,
        Pace pace) {
      this(slot, expectedVersion, uses, forkedAt, pace, Map.of());
    }
  }

  /// A newly issued credential with its certificate. Binds its key to its device: taken when the
  /// key belongs to another device or is condemned. Stale when (slot, predecessor, key) has a
  /// credential. An empty certificate is one that nobody has any more: the ledger alone tells of
  /// it.
  ///
  /// @param shard of its authority's revocations
  record AddCredential(Credential credential, byte[] certificate, int shard)
      implements RotationChange {
    public AddCredential(Credential credential, byte[] certificate) {
      this(credential, certificate, 0);
    }
  }

  /// A newly issued credential that is no certificate, and what is kept of it. Taken and stale as
  /// [AddCredential].
  record AddSecret(Credential credential, Secret secret) implements RotationChange {}

  /// The secret was proven: its sealed form is forgotten. Nothing happens for a certificate.
  record ForgetSealed(CredentialId credential) implements RotationChange {}

  /// The credential is accepted no more: nothing that could bring the secret back stays. Nothing
  /// happens for a certificate.
  record DestroySecret(CredentialId credential) implements RotationChange {}

  /// A new state, without revocation; `at` becomes the [Link#since] of the credential.
  record MoveCredential(CredentialId credential, CredentialState to, Instant at)
      implements RotationChange {}

  /// What a retiring credential waited for has changed: the timer of R3 looks at it again once its
  /// overlap is over, and not later.
  record LookAgain(CredentialId credential) implements RotationChange {}

  /// Revoked for good; `at` becomes the [Link#since] of the credential.
  ///
  /// @param invalidSince for a compromise: since when it may have been in wrong hands
  record RevokeCredential(
      CredentialId credential, RevocationReason reason, Instant at, Optional<Instant> invalidSince)
      implements RotationChange {
    public RevokeCredential(CredentialId credential, RevocationReason reason, Instant at) {
      this(credential, reason, at, Optional.empty());
    }
  }

  /// Revocation lists name it with the reason certificateHold (RFC 5280 §5.3.1) from now on. Its
  /// state stays; what was revoked or held before stays as it was.
  record HoldCredential(CredentialId credential, Instant at) implements RotationChange {}

  /// Takes a hold back. A revocation is not one, and stays.
  record LiftHold(CredentialId credential) implements RotationChange {}

  /// An accepted use; `first` sets the time of proof too.
  record RecordUse(CredentialId credential, boolean first, Instant at) implements RotationChange {}

  /// A revocation of what the inventory does not hold, from a revocation list; for good. One that
  /// is there stays.
  ///
  /// @param credential made of authority and serial number
  /// @param notAfter until when to list it
  record RevokeUnknown(
      CredentialId credential,
      String authority,
      BigInteger serial,
      RevocationReason reason,
      Instant at,
      Instant notAfter)
      implements RotationChange {}

  /// Removes credentials with their certificates and revocations. Their keys stay bound (R8). Stale
  /// unless each is there, in the state in which it was seen.
  record PruneCredentials(List<Pruned> pruned) implements RotationChange {
    public PruneCredentials {
      pruned = List.copyOf(pruned);
    }
  }

  /// @param position of its revocation in its shard, if it has one
  record Pruned(CredentialId credential, CredentialState state, OptionalLong position) {}

  /// The key is never certified again.
  record CondemnKey(Fingerprint key, Instant since) implements RotationChange {}

  /// An order to revoke many.
  record BeginMassRevocation(MassRevocationOrder order) implements RotationChange {}

  /// The order was carried out. Stale if it was over already.
  record EndMassRevocation(UUID order, Instant at) implements RotationChange {}

  /// A campaign.
  record BeginCampaign(Campaign campaign) implements RotationChange {}

  /// A campaign comes from one state to another. Stale if it is not in that state any more.
  ///
  /// @param halt why it stands still; "" if it does not
  /// @param forgiven how many late devices count no more
  record MoveCampaign(
      UUID campaign,
      Campaign.State from,
      Campaign.State to,
      String halt,
      long forgiven,
      Optional<Instant> endedAt)
      implements RotationChange {}

  /// The token led to a credential that is proven. Idempotent: the first time counts. One that is
  /// not there (any more, or in a restored database not yet) is spent as it is.
  record SpendToken(UUID token, Instant at) implements RotationChange {}

  /// The birth certificate led to a credential that is proven. Idempotent: the first time counts.
  /// One that is not there is spent as it is.
  record SpendBirth(UUID birth, Instant at) implements RotationChange {}
}
