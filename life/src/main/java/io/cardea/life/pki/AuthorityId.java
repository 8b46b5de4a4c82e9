package io.cardea.life.pki;

/// The name of an authority in URLs, tables and the ledger. A new key is a new authority.
public record AuthorityId(String value) implements Comparable<AuthorityId> {
  public AuthorityId {
    if (!value.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException(
          "authority id: "
              + value
              + " (expected: lower-case letters, digits and hyphens, at most 63)");
    }
  }

  /// The id that follows from the key: 16 hexadecimal digits of its fingerprint.
  public static AuthorityId of(SubjectPublicKey key) {
    return new AuthorityId(key.fingerprint().hex().substring(0, 16));
  }

  @Override
  public int compareTo(AuthorityId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
