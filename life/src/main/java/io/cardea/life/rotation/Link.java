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
/// @param provenAt when it was first used and accepted
/// @param lastUsedAt its last accepted use; always exact for a retiring credential
public record Link(
    CredentialId id,
    Fingerprint key,
    Predecessor predecessor,
    int generation,
    CredentialState state,
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
      case Predecessor.EnrolmentToken _ -> Optional.empty();
    };
  }

  public Link in(CredentialState next) {
    return new Link(
        id, key, predecessor, generation, next, issuedAt, notAfter, provenAt, lastUsedAt);
  }

  public Link usedAt(Instant at) {
    return new Link(
        id,
        key,
        predecessor,
        generation,
        state,
        issuedAt,
        notAfter,
        provenAt.or(() -> Optional.of(at)),
        Optional.of(at));
  }
}
