package io.cardea.protocols.est.client;

import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Reads the certificates of an answer: base64 of a certs-only PKCS#7 (RFC 7030 §4.1.3, RFC 8951
/// §3.1), broken into lines or not.
final class CertificateBag {
  private static final int MOST = 32;
  private static final int DER_SEQUENCE = 0x30;

  private CertificateBag() {}

  static List<X509Certificate> read(HttpResponse<byte[]> answer) throws BadAnswerException {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (!type.toLowerCase(Locale.ROOT).startsWith("application/pkcs7-mime")) {
      throw new BadAnswerException(
          "answer: " + AnswerText.oneLine(type) + " (expected: application/pkcs7-mime)");
    }
    return read(answer.body());
  }

  static List<X509Certificate> read(byte[] body) throws BadAnswerException {
    byte[] der;
    try {
      der =
          Base64.getDecoder()
              .decode(new String(body, StandardCharsets.ISO_8859_1).replaceAll("[ \t\r\n]", ""));
    } catch (IllegalArgumentException e) {
      throw new BadAnswerException("answer: " + body.length + " bytes (expected: base64)", e);
    }
    if (der.length == 0 || der[0] != DER_SEQUENCE) {
      throw new BadAnswerException("answer: " + der.length + " bytes (expected: PKCS#7)");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(der))) {
        if (certificate instanceof X509Certificate x509) {
          certificates.add(x509);
        }
      }
    } catch (CertificateException e) {
      throw new BadAnswerException("answer: unreadable PKCS#7: " + Reason.of(e), e);
    }
    if (certificates.isEmpty() || certificates.size() > MOST) {
      throw new BadAnswerException(
          "answer: " + certificates.size() + " certificates (expected: 1 to " + MOST + ")");
    }
    return List.copyOf(certificates);
  }
}
