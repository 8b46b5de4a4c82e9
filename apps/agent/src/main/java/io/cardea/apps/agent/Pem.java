package io.cardea.apps.agent;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys and certificates as text that every other program can read (RFC 7468).
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]{1,40})-----\\s*([A-Za-z0-9+/=\\s]*?)\\s*-----END \\1-----");
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  static byte[] certificates(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      text.append(block("CERTIFICATE", der(certificate)));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /// PKCS#8, which is what servers and `openssl` read.
  static byte[] privateKey(PrivateKey key) {
    return block("PRIVATE KEY", key.getEncoded()).getBytes(StandardCharsets.US_ASCII);
  }

  /// Both halves: from a private key alone the public one cannot be told in every case.
  static byte[] keyPair(KeyPair key) {
    return (block("PRIVATE KEY", key.getPrivate().getEncoded())
            + block("PUBLIC KEY", key.getPublic().getEncoded()))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String block(String type, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, LINES.encodeToString(der), type);
  }

  /// All certificates of a file; other blocks are passed over.
  static List<X509Certificate> readCertificates(byte[] text) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : blocks(text, "CERTIFICATE")) {
      try {
        if (CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
            instanceof X509Certificate certificate) {
          certificates.add(certificate);
        }
      } catch (CertificateException e) {
        throw new IOException("unreadable certificate", e);
      }
    }
    return List.copyOf(certificates);
  }

  static KeyPair readKeyPair(byte[] text) throws IOException {
    List<byte[]> publicKeys = blocks(text, "PUBLIC KEY");
    if (publicKeys.size() != 1) {
      throw new IOException(publicKeys.size() + " public keys (expected: one)");
    }
    GeneralSecurityException last = null;
    for (String algorithm : List.of("EC", "RSA")) {
      try {
        PublicKey key =
            KeyFactory.getInstance(algorithm)
                .generatePublic(new X509EncodedKeySpec(publicKeys.getFirst()));
        return new KeyPair(key, readPrivateKey(text, key));
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw new IOException("unreadable public key", last);
  }

  /// The private key, when it belongs to this public key.
  static PrivateKey readPrivateKey(byte[] text, PublicKey expected) throws IOException {
    List<byte[]> keys = blocks(text, "PRIVATE KEY");
    if (keys.size() != 1) {
      throw new IOException(keys.size() + " private keys (expected: one)");
    }
    try {
      PrivateKey key =
          KeyFactory.getInstance(expected.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
      checkPair(key, expected);
      return key;
    } catch (GeneralSecurityException e) {
      throw new IOException("unreadable private key", e);
    }
  }

  private static void checkPair(PrivateKey key, PublicKey expected)
      throws GeneralSecurityException, IOException {
    String algorithm = expected.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    byte[] message = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(message);
    byte[] signed = signature.sign();
    signature.initVerify(expected);
    signature.update(message);
    if (!signature.verify(signed)) {
      throw new IOException("the private key is not that of the certificate");
    }
  }

  private static List<byte[]> blocks(byte[] text, String type) throws IOException {
    List<byte[]> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(text, StandardCharsets.US_ASCII));
    while (matcher.find()) {
      if (type.equals(matcher.group(1))) {
        try {
          found.add(Base64.getMimeDecoder().decode(matcher.group(2)));
        } catch (IllegalArgumentException e) {
          throw new IOException("unreadable base64", e);
        }
      }
    }
    return found;
  }
}
