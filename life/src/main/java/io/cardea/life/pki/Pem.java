package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// PEM (RFC 7468): labelled base64, as people paste it.
///
/// @param label what stands after BEGIN
/// @param der the octets, which are a secret if the label says PRIVATE KEY
public record Pem(String label, byte[] der) {
  public static final String CERTIFICATE = "CERTIFICATE";
  public static final String REQUEST = "CERTIFICATE REQUEST";
  public static final String PRIVATE_KEY = "PRIVATE KEY";
  public static final String PUBLIC_KEY = "PUBLIC KEY";
  public static final String CRL = "X509 CRL";
  public static final int MAX_LENGTH = 512 * 1024;
  public static final int MAX_BLOCKS = 100;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  public Pem {
    der = der.clone();
  }

  @Override
  public byte[] der() {
    return der.clone();
  }

  /// One block, with lines of 64 characters.
  public static String encode(String label, byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return BEGIN
        + label
        + DASHES
        + "\n"
        + encoder.encodeToString(der)
        + "\n"
        + END
        + label
        + DASHES
        + "\n";
  }

  public static String encode(Certificate certificate) {
    return encode(CERTIFICATE, certificate.der());
  }

  /// All blocks, in order; text around them is skipped.
  ///
  /// @throws Refused REQUEST_MALFORMED if a block is not closed, is not base64, or there are too
  ///   many
  public static List<Pem> decode(String text) throws Refused {
    if (text.length() > MAX_LENGTH) {
      throw malformed(text.length() + " characters (expected: at most " + MAX_LENGTH + ")");
    }
    List<Pem> blocks = new ArrayList<>();
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      if (blocks.size() == MAX_BLOCKS) {
        throw malformed("more than " + MAX_BLOCKS + " blocks");
      }
      int labelStart = at + BEGIN.length();
      int labelEnd = text.indexOf(DASHES, labelStart);
      if (labelEnd < 0 || labelEnd - labelStart > 64) {
        throw malformed("a label is not closed");
      }
      String label = text.substring(labelStart, labelEnd);
      String closing = END + label + DASHES;
      int bodyStart = labelEnd + DASHES.length();
      int bodyEnd = text.indexOf(closing, bodyStart);
      if (bodyEnd < 0) {
        throw malformed("a block is not closed");
      }
      try {
        String body = text.substring(bodyStart, bodyEnd).replaceAll("\\s", "");
        blocks.add(new Pem(label, Base64.getDecoder().decode(body)));
      } catch (IllegalArgumentException e) {
        throw malformed("a block is not base64");
      }
      at = text.indexOf(BEGIN, bodyEnd + closing.length());
    }
    return List.copyOf(blocks);
  }

  /// All certificates; other blocks are skipped.
  public static List<Certificate> certificates(String text) throws Refused {
    List<Certificate> certificates = new ArrayList<>();
    for (Pem block : decode(text)) {
      if (block.label.equals(CERTIFICATE)) {
        certificates.add(Certificate.parse(block.der));
      }
    }
    return List.copyOf(certificates);
  }

  /// Two blocks are equal only as the same object: nothing here compares what may be secret.
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "Pem[" + label + ", " + der.length + " octets]";
  }

  private static Refused malformed(String detail) {
    return new Refused(Refusal.REQUEST_MALFORMED, "PEM: " + detail);
  }
}
