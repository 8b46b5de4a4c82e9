package io.cardea.life.pki;

import io.cardea.life.Refused;
import java.time.Instant;
import java.util.Optional;

/// A CA certificate with its key. The key is here as it is stored; [AuthorityKeys] opens it.
///
/// @param issuer who signed it; empty for a root
public record Authority(
    AuthorityId id,
    Kind kind,
    String name,
    Certificate certificate,
    Optional<AuthorityId> issuer,
    WrappedKey key,
    Instant created) {
  public enum Kind {
    ROOT,
    ISSUING
  }

  public Authority {
    if (name.isBlank() || name.length() > 64) {
      throw new IllegalArgumentException("name: " + name + " (expected: 1 to 64 characters)");
    }
    if ((kind == Kind.ROOT) != issuer.isEmpty()) {
      throw new IllegalArgumentException(
          "issuer: " + issuer + " (expected: none for a root alone)");
    }
    if (!certificate.isAuthority()) {
      throw new IllegalArgumentException("certificate: " + certificate + " (expected: a CA's)");
    }
    try {
      if (!certificate.publicKey().equals(key.publicKey())) {
        throw new IllegalArgumentException("key: " + key + " (expected: that of the certificate)");
      }
    } catch (Refused e) {
      throw new IllegalArgumentException("certificate: " + e.detail(), e);
    }
  }
}
