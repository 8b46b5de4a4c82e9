package io.cardea.life.pki;

import java.time.Instant;

/// An authority that waits for a certificate from elsewhere: its request is out, its key signs
/// nothing but that request. The state `pending`.
///
/// @param id as of the authority to be: it follows from the key. If there is an authority of this
///   id, the request asks for its renewal.
/// @param pem the PKCS#10 request
public record AuthorityRequest(
    AuthorityId id, String name, WrappedKey key, String pem, Instant created) {
  public AuthorityRequest {
    Authority.requireName(name);
    if (!AuthorityId.of(key.publicKey()).equals(id)) {
      throw new IllegalArgumentException("id: " + id + " (expected: the one of " + key + ")");
    }
  }
}
