package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import java.time.Instant;
import java.util.UUID;

/// What a transition wants written and remembered.
public sealed interface Effect {
  /// A credential changed its state.
  record Moved(CredentialId credential, CredentialState from, CredentialState to, Instant at)
      implements Effect {}

  /// A credential was revoked, with the reason that the CRL gives.
  record RevokedFor(
      CredentialId credential, CredentialState from, RevocationReason reason, Instant at)
      implements Effect {}

  /// An accepted use that matters: the first one (the proof), any of a retiring credential, one
  /// after another credential was used, or the first in a hundredth of the credential's life.
  record UseRecorded(CredentialId credential, boolean first, Instant at) implements Effect {}

  /// An audience saw a credential further down the lineage than any before.
  record SeenBy(String audience, CredentialId credential, Instant at) implements Effect {}

  /// R3: an audience left a retiring credential behind; perhaps it was the last to do so.
  record LeftBehind(CredentialId credential) implements Effect {}

  /// The slot's memory (uses, pace, fork, what audiences saw) differs from before and must be
  /// written.
  record SlotChanged() implements Effect {}

  /// The token led to a credential that is now proven.
  record TokenSpent(UUID token, Instant at) implements Effect {}

  /// The birth certificate led to a credential that is now proven.
  record BirthSpent(UUID birth, Instant at) implements Effect {}

  /// The key is never certified again.
  record KeyCondemned(Fingerprint key, Instant since, Instant at) implements Effect {}

  /// R7: two holders use the lineage in turns.
  record ForkDeclared(CredentialId one, CredentialId other, Instant at) implements Effect {}

  /// A single return to an ancestor: a reflash, most likely. A finding.
  record ReturnedToAncestor(CredentialId from, CredentialId to, Instant at) implements Effect {}

  /// R3: two branches of the lineage are proven. A finding.
  record SecondBranchProven(CredentialId proven, CredentialId other, Instant at)
      implements Effect {}
}
