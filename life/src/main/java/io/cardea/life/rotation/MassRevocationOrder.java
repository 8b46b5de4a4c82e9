package io.cardea.life.rotation;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An order to revoke many, and how far it has come.
///
/// @param actor who gave it, as the ledger names them
/// @param since for a compromise: since when
/// @param extent what it came to when it was given
/// @param after the last device that was dealt with; "" at the beginning
/// @param devices how many were dealt with
/// @param credentials how many were revoked
/// @param spares whether a healthy device that would be left with nothing is left alone
/// @param spared how many were
public record MassRevocationOrder(
    UUID id,
    String actor,
    Selection selection,
    RevocationReason reason,
    Optional<Instant> since,
    String why,
    MassRevocations.Extent extent,
    Instant begunAt,
    Optional<Instant> endedAt,
    String after,
    long devices,
    long credentials,
    boolean spares,
    long spared) {}
