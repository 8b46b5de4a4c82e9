package io.cardea.life.inventory;

import io.cardea.life.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// A bearer token of a person or a program, stored as a hash of its 256 random bits.
///
/// @param expiresAt from then on it opens nothing; empty for one that stays until it is replaced
public record ApiToken(
    String name,
    Role role,
    Scope scope,
    Fingerprint secretHash,
    Instant createdAt,
    Optional<Instant> expiresAt) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  public ApiToken {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "token name: " + name + " (expected: 1 to 63 of a-z 0-9 . _ -)");
    }
    if (expiresAt.isPresent() && !expiresAt.get().isAfter(createdAt)) {
      throw new IllegalArgumentException(
          "expiry: " + expiresAt.get() + " (expected: after " + createdAt + ")");
    }
    if (role == Role.ADMINISTRATOR && !scope.isAll()) {
      throw new IllegalArgumentException(
          "scope: " + scope + " (expected: none: administrators act for all)");
    }
  }

  /// Whether it was asked for like this.
  boolean isAs(Role wanted, Scope part, Optional<Duration> life) {
    return role == wanted && scope.equals(part) && expiresAt.equals(life.map(createdAt::plus));
  }

  boolean opensAt(Instant now) {
    return expiresAt.isEmpty() || now.isBefore(expiresAt.get());
  }
}
