package io.cardea.life.pki;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;

/// A certificate's serial number: positive and at most 20 octets, as RFC 5280 wants it.
public record Serial(BigInteger value) implements Comparable<Serial> {
  public Serial {
    if (value.signum() <= 0 || value.bitLength() > 159) {
      throw new IllegalArgumentException(
          "serial: " + value.toString(16) + " (expected: positive, at most 20 octets)");
    }
  }

  /// 128 random bits.
  static Serial random(SecureRandom random) {
    byte[] bits = new byte[16];
    BigInteger value;
    do {
      random.nextBytes(bits);
      value = new BigInteger(1, bits);
    } while (value.signum() == 0);
    return new Serial(value);
  }

  public static Serial parse(String hex) {
    return new Serial(new BigInteger(hex, 16));
  }

  /// The content octets of the DER INTEGER.
  public byte[] octets() {
    return value.toByteArray();
  }

  /// Lower-case hexadecimal digits of the content octets, an even number of them.
  public String hex() {
    return HexFormat.of().formatHex(octets());
  }

  @Override
  public int compareTo(Serial other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return hex();
  }
}
