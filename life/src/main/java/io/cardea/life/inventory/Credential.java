package io.cardea.life.inventory;

import io.cardea.life.Fingerprint;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/// What proves a device, as the inventory knows it.
///
/// @param shown the digest of what its holder shows: of a certificate, its DER; of a secret, its
///   text or what is computed with it
/// @param key the digest of the public key, or of the secret
/// @param predecessor what it was issued under
/// @param generation how many credentials stand above it in its lineage
/// @param provenAt when it was first seen in use and accepted (R2)
/// @param lastUsedAt its last accepted use that was recorded; uses of a current credential are
///   recorded coarsely, uses of a retiring one each time
public record Credential(
    CredentialId id,
    SlotId slot,
    CredentialKind kind,
    CredentialState state,
    Fingerprint shown,
    Fingerprint key,
    Predecessor predecessor,
    int generation,
    Protection protection,
    Instant issuedAt,
    Instant notBefore,
    Instant notAfter,
    Optional<Instant> provenAt,
    Optional<Instant> lastUsedAt) {

  /// A certificate.
  public Credential(
      CredentialId id,
      SlotId slot,
      CredentialState state,
      Fingerprint certificate,
      Fingerprint key,
      BigInteger serial,
      String authority,
      Predecessor predecessor,
      int generation,
      Protection protection,
      Instant issuedAt,
      Instant notBefore,
      Instant notAfter,
      Optional<Instant> provenAt,
      Optional<Instant> lastUsedAt) {
    this(
        id,
        slot,
        new CredentialKind.X509(serial, authority),
        state,
        certificate,
        key,
        predecessor,
        generation,
        protection,
        issuedAt,
        notBefore,
        notAfter,
        provenAt,
        lastUsedAt);
  }

  /// What stands in the place of a serial number where the kind has none.
  public BigInteger serial() {
    return switch (kind) {
      case CredentialKind.X509(var serial, _) -> serial;
      case CredentialKind.Secret _ -> BigInteger.ZERO;
    };
  }

  /// Who issued the certificate; empty for what is none.
  public String authority() {
    return switch (kind) {
      case CredentialKind.X509(_, var authority) -> authority;
      case CredentialKind.Secret _ -> "";
    };
  }
}
