package io.cardea.life.inventory;

import io.cardea.life.Fingerprint;
import java.time.Instant;
import java.util.regex.Pattern;

/// A bearer token of a person or a program, stored as a hash of its 256 random bits.
public record ApiToken(String name, Role role, Fingerprint secretHash, Instant createdAt) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  /// What a token may do.
  public enum Role {
    ADMINISTRATOR,
    READER
  }

  public ApiToken {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "token name: " + name + " (expected: 1 to 63 of a-z 0-9 . _ -)");
    }
  }
}
