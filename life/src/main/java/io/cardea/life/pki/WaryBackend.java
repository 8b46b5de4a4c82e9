package io.cardea.life.pki;

import java.security.KeyPair;
import java.security.PrivateKey;

/// A backend that refuses keys by their names.
record WaryBackend(CryptoBackend inner, RefusedKeys keys) implements CryptoBackend {
  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public boolean verify(
      SignatureScheme scheme, SubjectPublicKey key, byte[] data, byte[] signature) {
    return inner.verify(scheme, key, data, signature);
  }

  @Override
  public boolean refuses(SubjectPublicKey key) {
    return keys.contains(key.fingerprint()) || inner.refuses(key);
  }

  @Override
  public KeyPair generateKeyPair(CertKey kind) {
    return inner.generateKeyPair(kind);
  }

  @Override
  public PrivateKey privateKey(CertKey kind, byte[] pkcs8) {
    return inner.privateKey(kind, pkcs8);
  }

  @Override
  public byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] data) {
    return inner.sign(scheme, key, data);
  }
}
