package io.cardea.life.ledger;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// A running hash over the ledger: each link is the SHA-256 of the link before, the entry's number
/// (eight bytes, big end first) and its canonical bytes. Two ledgers with the same link at the same
/// number hold the same entries up to it. The first link stands on 32 zeros.
public record Chain(long number, byte[] link) {
  public static final Chain START = new Chain(0, new byte[32]);

  public Chain {
    link = link.clone();
  }

  @Override
  public byte[] link() {
    return link.clone();
  }

  public String hex() {
    return HexFormat.of().formatHex(link);
  }

  public static Chain of(long number, String hex) {
    byte[] link = HexFormat.of().parseHex(hex);
    if (link.length != 32 || number < 0) {
      throw new IllegalArgumentException("chain: " + hex + " (expected: 64 hexadecimal digits)");
    }
    return new Chain(number, link);
  }

  /// @throws IllegalArgumentException if the number does not grow
  public Chain next(long nextNumber, byte[] canonical) {
    if (nextNumber <= number) {
      throw new IllegalArgumentException(
          "entry: " + nextNumber + " after " + number + " (expected: growing numbers)");
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(link);
      digest.update(ByteBuffer.allocate(8).putLong(nextNumber).array());
      return new Chain(nextNumber, digest.digest(canonical));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Chain chain
        && number == chain.number
        && Arrays.equals(link, chain.link);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number) * 31 + Arrays.hashCode(link);
  }

  @Override
  public String toString() {
    return number + ":" + hex();
  }
}
