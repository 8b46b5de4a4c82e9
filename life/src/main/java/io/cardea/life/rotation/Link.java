package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Predecessor;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// One credential as its lineage sees it.
///
/// @param generation how many credentials stand above it
/// @param since when it came into its state; for a retiring credential the moment at which its
///   descendant was proven
/// @param provenAt when it was first used and accepted
/// @param lastUsedAt its last accepted use; always exact for a retiring credential
public record Link(
    CredentialId id,
    Fingerprint key,
    Predecessor predecessor,
    int generation,
    CredentialState state,
    Instant since,
    Instant issuedAt,
    Instant notAfter,
    Optional<Instant> provenAt,
    Optional<Instant> lastUsedAt) {

  public Duration life() {
    return Duration.between(issuedAt, notAfter);
  }

  public boolean expiredAt(Instant at) {
    return at.isAfter(notAfter);
  }

  public Optional<CredentialId> parent() {
    return switch (predecessor) {
      case Predecessor.OlderCredential(var id) -> Optional.of(id);
      case Predecessor.EnrolmentToken _, Predecessor.BirthCertificate _, Predecessor.Act _ ->
          Optional.empty();
    };
  }

  /// The credential in its next state, since `at`.
  public Link in(CredentialState next, Instant at) {
    return new Link(
        id, key, predecessor, generation, next, at, issuedAt, notAfter, provenAt, lastUsedAt);
  }

  /// The credential after an accepted use.
  public Link usedAt(Instant at) {
    return new Link(
        id,
        key,
        predecessor,
        generation,
        state,
        since,
        issuedAt,
        notAfter,
        provenAt,
        Optional.of(at));
  }

  /// The credential after the accepted use that proved it.
  public Link proven(Instant at) {
    return new Link(
        id,
        key,
        predecessor,
        generation,
        CredentialState.CURRENT,
        at,
        issuedAt,
        notAfter,
        Optional.of(at),
        Optional.of(at));
  }

  /// Until when a retiring credential is accepted: `overlap` after its last accepted use, or after
  /// the proof that began its retirement, whichever is later. Its holder may have been silent when
  /// that proof came, and has its whole longest silence to show itself (R3).
  public Instant overlapEnds(Duration overlap) {
    Instant used = lastUsedAt.orElse(since);
    return (used.isAfter(since) ? used : since).plus(overlap);
  }
}
