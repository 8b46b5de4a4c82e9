package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;

/// The parts of certificates and revocation lists, encoded.
final class Encoding {
  static final ASN1ObjectIdentifier SUBJECT_KEY_IDENTIFIER = new ASN1ObjectIdentifier("2.5.29.14");
  static final ASN1ObjectIdentifier KEY_USAGE = new ASN1ObjectIdentifier("2.5.29.15");
  static final ASN1ObjectIdentifier ALTERNATIVE_NAMES = new ASN1ObjectIdentifier("2.5.29.17");
  static final ASN1ObjectIdentifier BASIC_CONSTRAINTS = new ASN1ObjectIdentifier("2.5.29.19");
  static final ASN1ObjectIdentifier CRL_NUMBER = new ASN1ObjectIdentifier("2.5.29.20");
  static final ASN1ObjectIdentifier REASON_CODE = new ASN1ObjectIdentifier("2.5.29.21");
  static final ASN1ObjectIdentifier INVALIDITY_DATE = new ASN1ObjectIdentifier("2.5.29.24");
  static final ASN1ObjectIdentifier ISSUING_DISTRIBUTION_POINT =
      new ASN1ObjectIdentifier("2.5.29.28");
  static final ASN1ObjectIdentifier CRL_DISTRIBUTION_POINTS = new ASN1ObjectIdentifier("2.5.29.31");
  static final ASN1ObjectIdentifier AUTHORITY_KEY_IDENTIFIER =
      new ASN1ObjectIdentifier("2.5.29.35");
  static final ASN1ObjectIdentifier EXTENDED_KEY_USAGE = new ASN1ObjectIdentifier("2.5.29.37");
  static final ASN1ObjectIdentifier AUTHORITY_INFORMATION =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.1");
  static final ASN1ObjectIdentifier OCSP = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.48.1");
  static final ASN1ObjectIdentifier NO_CHECK = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.48.1.5");
  static final ASN1ObjectIdentifier CA_ISSUERS = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.48.2");

  private static final byte[] TRUE = {1, 1, (byte) 0xff};
  private static final byte[] NOTHING = {};
  private static final byte[] VERSION_3 = {(byte) 0xa0, 3, 2, 1, 2};
  private static final int UTF8_STRING = 0x0c;
  private static final int PRINTABLE_STRING = 0x13;

  private Encoding() {}

  static byte[] oid(ASN1ObjectIdentifier oid) {
    try {
      return oid.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
  }

  static byte[] integer(BigInteger value) {
    return Der.tlv(Der.INTEGER, value.toByteArray());
  }

  private static byte[] extension(ASN1ObjectIdentifier id, boolean critical, byte[] value) {
    return Der.sequence(oid(id), critical ? TRUE : NOTHING, Der.tlv(Der.OCTET_STRING, value));
  }

  static byte[] authorityKeyIdentifier(byte[] identifier) {
    return extension(AUTHORITY_KEY_IDENTIFIER, false, Der.sequence(Der.tlv(0x80, identifier)));
  }

  static byte[] subjectKeyIdentifier(byte[] identifier) {
    return extension(SUBJECT_KEY_IDENTIFIER, false, Der.tlv(Der.OCTET_STRING, identifier));
  }

  static byte[] endEntity() {
    return extension(BASIC_CONSTRAINTS, true, Der.sequence());
  }

  /// For an authority; one that may not have authorities below it has path length 0.
  static byte[] authority(boolean leavesAlone) {
    return extension(
        BASIC_CONSTRAINTS,
        true,
        leavesAlone ? Der.sequence(TRUE, new byte[] {2, 1, 0}) : Der.sequence(TRUE));
  }

  /// keyCertSign and cRLSign.
  static byte[] authorityKeyUsage() {
    return extension(KEY_USAGE, true, new byte[] {3, 2, 1, 6});
  }

  static byte[] keyUsage(Set<KeyUse> uses, CertKey kind) {
    int bits = 0;
    int last = 0;
    for (KeyUse use : uses) {
      if (use.fits(kind)) {
        bits |= 0x80 >>> use.bit();
        last = Math.max(last, use.bit());
      }
    }
    return extension(KEY_USAGE, true, new byte[] {3, 2, (byte) (7 - last), (byte) bits});
  }

  static byte[] extendedKeyUsage(List<ExtendedKeyUse> uses) {
    byte[][] oids = new byte[uses.size()][];
    for (int i = 0; i < oids.length; i++) {
      oids[i] = oid(new ASN1ObjectIdentifier(uses.get(i).oid()));
    }
    return extension(EXTENDED_KEY_USAGE, false, Der.sequence(oids));
  }

  static byte[] distributionPoint(String uri) {
    return extension(
        CRL_DISTRIBUTION_POINTS, false, Der.sequence(Der.sequence(distributionPointName(uri))));
  }

  static byte[] issuingDistributionPoint(String uri) {
    return extension(ISSUING_DISTRIBUTION_POINT, true, Der.sequence(distributionPointName(uri)));
  }

  private static byte[] distributionPointName(String uri) {
    return Der.tlv(0xa0, Der.tlv(0xa0, uri(uri)));
  }

  static byte[] authorityInformation(String caIssuers) {
    return extension(
        AUTHORITY_INFORMATION, false, Der.sequence(Der.sequence(oid(CA_ISSUERS), uri(caIssuers))));
  }

  /// For leaves: where to ask about them, and where the issuer's certificate is.
  static byte[] authorityInformation(String ocsp, String caIssuers) {
    return extension(
        AUTHORITY_INFORMATION,
        false,
        Der.sequence(
            Der.sequence(oid(OCSP), uri(ocsp)), Der.sequence(oid(CA_ISSUERS), uri(caIssuers))));
  }

  /// RFC 6960 §4.2.2.2.1: nobody need ask whether the one who answers was revoked.
  static byte[] noCheck() {
    return extension(NO_CHECK, false, new byte[] {5, 0});
  }

  static byte[] crlNumber(BigInteger number) {
    return extension(CRL_NUMBER, false, integer(number));
  }

  static byte[] reasonCode(int code) {
    return extension(REASON_CODE, false, new byte[] {10, 1, (byte) code});
  }

  static byte[] invalidityDate(Instant since) {
    return extension(INVALIDITY_DATE, false, Der.generalizedTime(since));
  }

  static byte[] alternativeNames(
      Optional<String> identity, List<String> hostNames, List<String> addresses) throws Refused {
    byte[][] names =
        new byte[(identity.isPresent() ? 1 : 0) + hostNames.size() + addresses.size()][];
    int at = 0;
    if (identity.isPresent()) {
      names[at++] = uri(identity.get());
    }
    for (String host : hostNames) {
      names[at++] = Der.tlv(0x82, host.getBytes(StandardCharsets.US_ASCII));
    }
    for (String address : addresses) {
      names[at++] = Der.tlv(0x87, IssuanceRequest.octets(address));
    }
    return names.length == 0 ? NOTHING : extension(ALTERNATIVE_NAMES, false, Der.sequence(names));
  }

  private static byte[] uri(String uri) {
    return Der.tlv(0x86, uri.getBytes(StandardCharsets.US_ASCII));
  }

  /// A subject after a profile's templates.
  static byte[] subject(List<Profile.SubjectPart> parts, Map<String, String> fields)
      throws Refused {
    List<byte[]> rdns = new ArrayList<>(parts.size());
    for (Profile.SubjectPart part : parts) {
      Optional<String> value = part.value().render(fields, text -> text);
      if (value.isPresent()) {
        rdns.add(rdn(part.attribute(), value.get()));
      }
    }
    return Der.sequence(rdns.toArray(byte[][]::new));
  }

  static byte[] rdn(SubjectAttribute attribute, String value) throws Refused {
    if (value.codePointCount(0, value.length()) > attribute.maxLength()) {
      throw new Refused(
          Refusal.PROFILE_VIOLATION,
          attribute
              + ": "
              + value.length()
              + " characters (expected: at most "
              + attribute.maxLength()
              + ")");
    }
    if (value.isBlank() || value.chars().anyMatch(Character::isISOControl)) {
      throw new Refused(
          Refusal.PROFILE_VIOLATION, attribute + " is blank or holds a control character");
    }
    if (attribute.printable() && !value.matches("[A-Za-z0-9 '()+,./:=?-]*")) {
      throw new Refused(Refusal.PROFILE_VIOLATION, attribute + " is not a printable string");
    }
    int tag = attribute.printable() ? PRINTABLE_STRING : UTF8_STRING;
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return Der.tlv(Der.SET, Der.sequence(oid(attribute.oid()), Der.tlv(tag, text)));
  }

  static byte[] toBeSigned(
      Serial serial,
      byte[] signatureAlgorithm,
      byte[] issuer,
      Instant notBefore,
      Instant notAfter,
      byte[] subject,
      byte[] publicKey,
      byte[]... extensions) {
    return Der.sequence(
        VERSION_3,
        Der.tlv(Der.INTEGER, serial.octets()),
        signatureAlgorithm,
        issuer,
        Der.sequence(Der.time(notBefore), Der.time(notAfter)),
        subject,
        publicKey,
        Der.tlv(0xa3, Der.sequence(extensions)));
  }

  static byte[] signed(byte[] toBeSigned, byte[] signatureAlgorithm, byte[] signature) {
    return Der.sequence(toBeSigned, signatureAlgorithm, Der.bitString(signature));
  }
}
