package io.cardea.life.pki;

import java.security.KeyPair;
import java.security.PrivateKey;

/// Fast signing and verifying. The algorithms are named in [SignatureScheme] and [CertKey]; nothing
/// else of a provider shows through. All methods may be called from any thread, virtual ones
/// included.
public interface CryptoBackend {
  /// What people call it in logs: a name and a version.
  String name();

  /// Whether the signature over the data verifies under the key. A signature that cannot be read,
  /// or a scheme that does not fit the key, is simply not valid.
  boolean verify(SignatureScheme scheme, SubjectPublicKey key, byte[] data, byte[] signature);

  /// Whether somebody said that others may hold the private half of this key: it signs as well as
  /// any, and is believed by nobody here.
  default boolean refuses(SubjectPublicKey key) {
    return false;
  }

  /// This one, with keys that it refuses.
  default CryptoBackend refusing(RefusedKeys keys) {
    return new WaryBackend(this, keys);
  }

  /// A fresh pair; its public half encodes to a [SubjectPublicKey] of that kind.
  KeyPair generateKeyPair(CertKey kind);

  /// Reads a PKCS#8 private key of that kind.
  ///
  /// @throws IllegalArgumentException if it is none; the message never holds a part of it
  PrivateKey privateKey(CertKey kind, byte[] pkcs8);

  /// Signs with a key that this backend made or read.
  byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] data);
}
