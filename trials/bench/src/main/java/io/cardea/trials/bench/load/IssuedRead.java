package io.cardea.trials.bench.load;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// Reads the one thing a device must know of an answer: that its certificate is for its key.
final class IssuedRead {
  private static final int FIELDS_BEFORE_KEY = 6; // version, serial, algorithm, issuer, dates, name

  private IssuedRead() {}

  /// The certificate in a certs-only message (RFC 7030 §4.2.3), which holds exactly one.
  static byte[] onlyCertificate(byte[] message) throws BadAnswerException {
    int content = inside(message, after(message, inside(message, 0))); // ContentInfo: type, [0]
    int field = inside(message, content); // SignedData
    for (int skipped = 0; skipped < 3; skipped++) { // version, digests, content
      field = after(message, field);
    }
    if ((message[field] & 0xff) != 0xa0) {
      throw new BadAnswerException("no certificate");
    }
    int from = inside(message, field);
    int end = after(message, field);
    if (after(message, from) != end) {
      throw new BadAnswerException("not one certificate");
    }
    return Arrays.copyOfRange(message, from, end);
  }

  /// @return the SHA-256 of the certificate
  static byte[] matched(byte[] certificate, byte[] publicKey) throws BadAnswerException {
    int field = inside(certificate, inside(certificate, 0));
    for (int skipped = 0; skipped < FIELDS_BEFORE_KEY; skipped++) {
      field = after(certificate, field);
    }
    if (!Arrays.equals(
        certificate, field, after(certificate, field), publicKey, 0, publicKey.length)) {
      throw new BadAnswerException("the certificate is for another key");
    }
    if (after(certificate, 0) != certificate.length) {
      throw new BadAnswerException("something follows the certificate");
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static int inside(byte[] der, int at) throws BadAnswerException {
    int first = octet(der, at + 1);
    return at + 2 + (first < 0x80 ? 0 : first - 0x80);
  }

  private static int after(byte[] der, int at) throws BadAnswerException {
    int first = octet(der, at + 1);
    if (first < 0x80) {
      return at + 2 + first;
    }
    int length = 0;
    for (int i = 0; i < first - 0x80; i++) {
      length = length << 8 | octet(der, at + 2 + i);
    }
    int end = inside(der, at) + length;
    if (length < 0 || end > der.length) {
      throw new BadAnswerException("DER that ends too soon");
    }
    return end;
  }

  private static int octet(byte[] der, int at) throws BadAnswerException {
    if (at >= der.length) {
      throw new BadAnswerException("DER that ends too soon");
    }
    return der[at] & 0xff;
  }
}
