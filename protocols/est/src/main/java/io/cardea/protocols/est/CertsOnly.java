package io.cardea.protocols.est;

import java.util.List;

/// Writes certificates as a "certs-only" PKCS#7 (RFC 5272 §4.1), in DER, the certificates byte for
/// byte.
final class CertsOnly {

  private static final int SEQUENCE = 0x30;
  private static final int EXPLICIT_0 = 0xa0;

  /// 1.2.840.113549.1.7.2, signedData.
  private static final byte[] SIGNED_DATA = {
    0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x07, 0x02
  };

  /// Version 1, no digest algorithms, and content of type `data` that is absent.
  private static final byte[] BEFORE = {
    0x02,
    0x01,
    0x01,
    0x31,
    0x00,
    0x30,
    0x0b,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x07,
    0x01
  };

  /// No signers.
  private static final byte[] AFTER = {0x31, 0x00};

  private CertsOnly() {}

  static byte[] encode(List<byte[]> certificates) {
    byte[] all = tagged(EXPLICIT_0, certificates.toArray(new byte[0][]));
    byte[] signedData = tagged(SEQUENCE, BEFORE, all, AFTER);
    return tagged(SEQUENCE, SIGNED_DATA, tagged(EXPLICIT_0, signedData));
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    int octets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3;
    byte[] out = new byte[2 + octets + length];
    out[0] = (byte) tag;
    out[1] = (byte) (octets == 0 ? length : 0x80 | octets);
    for (int i = 0; i < octets; i++) {
      out[2 + i] = (byte) (length >> (8 * (octets - 1 - i)));
    }
    int at = 2 + octets;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }
    return out;
  }
}
