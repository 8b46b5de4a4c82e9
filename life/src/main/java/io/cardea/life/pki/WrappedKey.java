package io.cardea.life.pki;

import java.util.Arrays;

/// An authority's key as it is stored: encrypted, or a mere reference where the key lives in
/// hardware.
public final class WrappedKey {
  private final String id;
  private final SubjectPublicKey publicKey;
  private final byte[] bytes;

  public WrappedKey(String id, SubjectPublicKey publicKey, byte[] bytes) {
    if (!id.matches("[a-z0-9-]{1,64}")) {
      throw new IllegalArgumentException("id: " + id + " (expected: [a-z0-9-]{1,64})");
    }
    this.id = id;
    this.publicKey = publicKey;
    this.bytes = bytes.clone();
  }

  public String id() {
    return id;
  }

  /// Whose it is, after its id.
  public KeyHome home() {
    return id.startsWith(KeyHome.PKCS11.prefix()) ? KeyHome.PKCS11 : KeyHome.SOFTWARE;
  }

  public CertKey kind() {
    return publicKey.kind();
  }

  public SubjectPublicKey publicKey() {
    return publicKey;
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WrappedKey that
        && id.equals(that.id)
        && publicKey.equals(that.publicKey)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "WrappedKey[" + id + ", " + publicKey + "]";
  }
}
