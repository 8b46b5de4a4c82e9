package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.rotation.Event.Standing;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// An enrolment token as it is stored: bound to a device, hashed, expiring, spent at the first
/// proof of what it led to.
///
/// @param secretHash SHA-256 of the secret, which has 160 random bits: nothing to guess, so no salt
public record Token(
    UUID id,
    DeviceId device,
    Fingerprint secretHash,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> spentAt) {

  /// Compares in constant time.
  public boolean opens(Fingerprint presentedHash) {
    return MessageDigest.isEqual(secretHash.bytes(), presentedHash.bytes());
  }

  public Standing standingAt(Instant now) {
    if (spentAt.isPresent()) {
      return Standing.SPENT;
    }
    return now.isAfter(expiresAt) ? Standing.EXPIRED : Standing.GOOD;
  }
}
