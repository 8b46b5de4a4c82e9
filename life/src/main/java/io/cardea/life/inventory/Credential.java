package io.cardea.life.inventory;

import io.cardea.life.Fingerprint;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/// An X.509 certificate of a device, as the inventory knows it.
///
/// @param predecessor what it was issued under
/// @param generation how many credentials stand above it in its lineage
/// @param authority the id of the authority that issued it
/// @param provenAt when it was first seen in use and accepted (R2)
/// @param lastUsedAt its last accepted use that was recorded; uses of a current credential are
///   recorded coarsely, uses of a retiring one each time
public record Credential(
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
    Optional<Instant> lastUsedAt) {}
