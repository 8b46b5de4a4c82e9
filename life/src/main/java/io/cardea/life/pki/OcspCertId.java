package io.cardea.life.pki;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/// The name of a certificate in OCSP (RFC 6960 §4.1.1): the hashes of its issuer's name and key,
/// and its serial number.
///
/// @param form how the hash algorithm is written; an answer repeats it octet by octet
record OcspCertId(Form form, byte[] nameHash, byte[] keyHash, Serial serial) {

  /// The hash algorithms that are understood, each as its two encodings: parameters NULL or absent.
  enum Form {
    SHA1("SHA-1", "300906052b0e03021a0500"),
    SHA1_BARE("SHA-1", "300706052b0e03021a"),
    SHA256("SHA-256", "300d06096086480165030402010500"),
    SHA256_BARE("SHA-256", "300b0609608648016503040201");

    private final String digest;
    private final String algorithm;

    Form(String digest, String algorithm) {
      this.digest = digest;
      this.algorithm = algorithm;
    }

    /// Tells the forms apart.
    int digits() {
      return algorithm.length();
    }

    byte[] hash(byte[] content) {
      try {
        return MessageDigest.getInstance(digest).digest(content);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has " + digest, e);
      }
    }
  }

  private static final Map<Form, byte[]> ALGORITHMS = algorithms();

  private static Map<Form, byte[]> algorithms() {
    Map<Form, byte[]> all = new EnumMap<>(Form.class);
    for (Form form : Form.values()) {
      all.put(form, HexFormat.of().parseHex(form.algorithm));
    }
    return all;
  }

  /// @throws UnknownHash for a hash algorithm that is none of ours
  static OcspCertId read(DerReader.Element element) throws MalformedDer, UnknownHash {
    DerReader in = element.reader();
    byte[] algorithm = in.next(Der.SEQUENCE, "hashAlgorithm").encoded();
    byte[] nameHash = in.next(Der.OCTET_STRING, "issuerNameHash").content();
    byte[] keyHash = in.next(Der.OCTET_STRING, "issuerKeyHash").content();
    byte[] octets = in.next(Der.INTEGER, "serialNumber").content();
    in.end("CertID");
    for (Map.Entry<Form, byte[]> each : ALGORITHMS.entrySet()) {
      if (Arrays.equals(each.getValue(), algorithm)) {
        return new OcspCertId(each.getKey(), nameHash, keyHash, serial(octets));
      }
    }
    throw new UnknownHash();
  }

  /// No certificate of RFC 5280 has another serial number than [Serial] allows.
  private static Serial serial(byte[] octets) throws MalformedDer {
    if (octets.length == 0 || octets.length > 20) {
      throw new MalformedDer("a serial number of " + octets.length + " octets");
    }
    boolean padded = octets.length > 1 && octets[0] == 0 && octets[1] >= 0;
    if (octets[0] < 0 || padded || (octets.length == 1 && octets[0] == 0)) {
      throw new MalformedDer("a serial number that is not positive and minimal");
    }
    return new Serial(new BigInteger(octets));
  }

  byte[] encoded() {
    return Der.sequence(
        Objects.requireNonNull(ALGORITHMS.get(form)),
        Der.tlv(Der.OCTET_STRING, nameHash),
        Der.tlv(Der.OCTET_STRING, keyHash),
        Der.tlv(Der.INTEGER, serial.octets()));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OcspCertId that && Arrays.equals(encoded(), that.encoded());
  }

  @Override
  public int hashCode() {
    return serial.hashCode();
  }

  @Override
  public String toString() {
    return form + " " + serial;
  }

  /// Without a stack trace: strangers cause it.
  static final class UnknownHash extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownHash() {
      super("hash algorithm (expected: SHA-1 or SHA-256)", null, false, false);
    }
  }
}
