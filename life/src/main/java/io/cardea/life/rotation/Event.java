package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What can happen to a lineage. Each event carries its time; the state machine has no clock.
public sealed interface Event {
  Instant at();

  /// A full handshake (never a resumption) showed the key together with exactly this credential.
  record Used(CredentialId credential, Instant at) implements Event {}

  /// An audience accepted this credential, and said so.
  record Seen(CredentialId credential, String audience, Weight weight, Instant at)
      implements Event {}

  /// What a report is worth (R2).
  enum Weight {
    /// It can prolong the life of an older credential, and never end it.
    PROLONGS,
    /// It was a full handshake at an audience that may prove: a proof.
    PROVES,
    /// A proof at Cardea's own broker: it shows turns, too (R7).
    PROVES_IN_TURN
  }

  /// Someone known as the device proved possession of `key` and asks for a credential.
  ///
  /// @param renewFrom when it is not the end of the usual wait: since when what the key has is to
  ///   be followed by a new credential, if that was issued before
  record Requested(Knock knock, Fingerprint key, Optional<Instant> renewFrom, Instant at)
      implements Event {
    public Requested(Knock knock, Fingerprint key, Instant at) {
      this(knock, key, Optional.empty(), at);
    }
  }

  /// A credential was issued under the verdict [Verdict.Issue].
  record Issued(Link link, Instant at) implements Event {}

  /// Time to see whether a retirement is over; nothing happens when it is not.
  record OverlapEnded(CredentialId credential, Instant at) implements Event {}

  /// An operator decided to end one credential (R8).
  ///
  /// @param since for a compromise: what descends from the key and was issued since then goes too
  record Revoked(CredentialId credential, RevocationReason reason, Instant since, Instant at)
      implements Event {}

  /// An operator or a second proof settled a fork: everything but what is issued from here on is
  /// revoked, whoever came first.
  record Settled(Instant at) implements Event {}

  /// How the device is known.
  sealed interface Knock {
    /// By a credential of this lineage, shown in the handshake.
    record ByCredential(CredentialId id) implements Knock {}

    /// By a token that is bound to the device.
    record ByToken(UUID id, Standing standing) implements Knock {}

    /// By the certificate that the device was born with.
    record ByBirth(UUID id, Standing standing) implements Knock {}

    /// By an operator, or by a credential of another of its slots: nothing of this lineage.
    record ByAct(UUID id) implements Knock {}
  }

  /// What a token is still good for. Every standing still gets a retry answered (R4).
  enum Standing {
    GOOD,
    EXPIRED,
    SPENT
  }
}
