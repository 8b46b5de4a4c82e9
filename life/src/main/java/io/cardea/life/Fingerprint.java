package io.cardea.life;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// A SHA-256 digest that names a certificate (over its DER) or a key (over its
/// SubjectPublicKeyInfo).
public final class Fingerprint implements Comparable<Fingerprint> {
  public static final int LENGTH = 32;

  private final byte[] bytes;

  private Fingerprint(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Fingerprint of(byte[] content) {
    try {
      return new Fingerprint(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Wraps a digest that was computed before.
  public static Fingerprint ofDigest(byte[] digest) {
    if (digest.length != LENGTH) {
      throw new IllegalArgumentException(
          "digest: " + digest.length + " bytes (expected: " + LENGTH + ")");
    }
    return new Fingerprint(digest.clone());
  }

  /// Reads 64 hexadecimal digits; colons, as other tools print them, are accepted.
  public static Fingerprint parse(String hex) {
    return ofDigest(HexFormat.of().parseHex(hex.replace(":", "")));
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public int compareTo(Fingerprint other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
