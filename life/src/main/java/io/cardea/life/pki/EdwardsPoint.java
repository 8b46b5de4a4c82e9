package io.cardea.life.pki;

import io.cardea.life.Refused;
import java.math.BigInteger;

/// The public half of an Ed25519 key (RFC 8032 §5.1.2).
///
/// Libraries take points that are written in two ways, and points of small order, under which
/// anybody can sign anything. Here is neither.
final class EdwardsPoint {
  private static final int LENGTH = 32;
  private static final BigInteger ONE = BigInteger.ONE;
  private static final BigInteger TWO = BigInteger.TWO;
  private static final BigInteger P = TWO.pow(255).subtract(BigInteger.valueOf(19));
  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger HALF = P.subtract(ONE).divide(TWO);

  private EdwardsPoint() {}

  /// @throws Refused KEY_NOT_ALLOWED
  static void require(byte[] point) throws Refused {
    if (point.length != LENGTH) {
      throw SubjectPublicKey.notAllowed(
          "Ed25519 of " + point.length + " octets (expected: " + LENGTH + ")");
    }
    byte[] bigEndian = new byte[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      bigEndian[i] = point[LENGTH - 1 - i];
    }
    boolean odd = (bigEndian[0] & 0x80) != 0;
    bigEndian[0] &= 0x7f;
    BigInteger y = new BigInteger(1, bigEndian);
    BigInteger y2 = y.multiply(y).mod(P);
    // x² = (y² - 1) / (d·y² + 1); the divisor is never 0, as -1/d is not a square.
    BigInteger x2 = y2.subtract(ONE).multiply(D.multiply(y2).add(ONE).modInverse(P)).mod(P);
    if (y.compareTo(P) >= 0
        || (x2.signum() == 0 && odd)
        || (x2.signum() != 0 && !x2.modPow(HALF, P).equals(ONE))) {
      throw SubjectPublicKey.notAllowed("the point of the key is not on its curve");
    }
    // Order 1 and 2: x = 0. Order 4: y = 0. Order 8: its double has y = 0, that is x² + y² = 0.
    if (x2.signum() == 0 || y.signum() == 0 || x2.add(y2).mod(P).signum() == 0) {
      throw SubjectPublicKey.notAllowed("the point of the key is of small order");
    }
  }
}
