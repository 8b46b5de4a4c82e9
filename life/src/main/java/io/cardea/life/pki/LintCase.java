package io.cardea.life.pki;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;

/// One certificate before the lints, taken apart anew from its octets: of how it was built, this
/// knows nothing.
final class LintCase {
  private static final byte[] VERSION_3 = {(byte) 0xa0, 3, 2, 1, 2};
  private static final byte[] TRUE = {1, 1, (byte) 0xff};
  private static final byte[] ABSENT = {};
  private static final int ISSUER_UNIQUE_ID = 0x81;
  private static final int SUBJECT_UNIQUE_ID = 0x82;
  private static final int EXTENSIONS = 0xa3;

  /// What the rules compare with.
  record Expected(
      Certificate issuer,
      SignatureScheme scheme,
      String crl,
      String ocspUrl,
      String issuerUrl,
      byte[] issuerName,
      byte[] issuerKeyIdentifier,
      byte[] algorithm) {
    Expected(
        Certificate issuer, SignatureScheme scheme, String crl, String ocspUrl, String issuerUrl) {
      this(
          issuer,
          scheme,
          crl,
          ocspUrl,
          issuerUrl,
          issuer.subjectDer(),
          issuer.subjectKeyIdentifier().orElseThrow(),
          scheme.algorithmIdentifier());
    }
  }

  /// One extension; the OID as it is encoded.
  record Extension(byte[] oid, boolean critical, byte[] value) {}

  final Expected expected;
  final Profile profile;
  final IssuanceRequest request;
  final boolean wellFormed;
  final byte[] outerAlgorithm;
  final BigInteger serial;
  final byte[] algorithm;
  final byte[] issuer;
  final byte[] validity;
  final Instant notBefore;
  final Instant notAfter;
  final X500Name subject;
  final byte[] publicKey;
  final List<Extension> extensions;

  LintCase(byte[] der, Expected expected, Profile profile, IssuanceRequest request)
      throws MalformedDer {
    this.expected = expected;
    this.profile = profile;
    this.request = request;
    DerReader.check(der, 16);
    DerReader certificate = new DerReader(der).next(Der.SEQUENCE, "Certificate").reader();
    DerReader tbs = certificate.next(Der.SEQUENCE, "TBSCertificate").reader();
    this.outerAlgorithm = certificate.next(Der.SEQUENCE, "signatureAlgorithm").encoded();
    boolean signature = certificate.next().tag() == Der.BIT_STRING && !certificate.hasNext();
    boolean version3 = tbs.peekTag() == 0xa0 && Arrays.equals(tbs.next().encoded(), VERSION_3);
    this.serial = new BigInteger(tbs.next(Der.INTEGER, "serialNumber").content());
    this.algorithm = tbs.next(Der.SEQUENCE, "signature").encoded();
    this.issuer = tbs.next(Der.SEQUENCE, "issuer").encoded();
    DerReader.Element dates = tbs.next(Der.SEQUENCE, "validity");
    this.validity = dates.encoded();
    DerReader each = dates.reader();
    this.notBefore = Der.instant(each.next());
    this.notAfter = Der.instant(each.next());
    each.end("validity");
    this.subject = X500Name.getInstance(tbs.next(Der.SEQUENCE, "subject").encoded());
    this.publicKey = tbs.next(Der.SEQUENCE, "subjectPublicKeyInfo").encoded();
    boolean uniqueIdentifiers = false;
    while (tbs.peekTag() == ISSUER_UNIQUE_ID || tbs.peekTag() == SUBJECT_UNIQUE_ID) {
      tbs.next();
      uniqueIdentifiers = true;
    }
    boolean extensionsFollow = tbs.peekTag() == EXTENSIONS;
    this.extensions = extensionsFollow ? extensions(tbs.next()) : List.of();
    this.wellFormed =
        signature && version3 && !uniqueIdentifiers && extensionsFollow && !tbs.hasNext();
  }

  private static List<Extension> extensions(DerReader.Element tagged) throws MalformedDer {
    DerReader inside = tagged.reader();
    DerReader all = inside.next(Der.SEQUENCE, "Extensions").reader();
    inside.end("extensions");
    List<Extension> found = new ArrayList<>(8);
    while (all.hasNext()) {
      DerReader one = all.next(Der.SEQUENCE, "Extension").reader();
      byte[] oid = one.next(Der.OID, "extnID").encoded();
      boolean critical = one.peekTag() == Der.BOOLEAN;
      if (critical && !Arrays.equals(one.next().encoded(), TRUE)) {
        throw new MalformedDer("critical is there and is not TRUE");
      }
      byte[] value = one.next(Der.OCTET_STRING, "extnValue").content();
      one.end("Extension");
      DerReader.check(value, 8);
      found.add(new Extension(oid, critical, value));
    }
    return found;
  }

  /// The value of an extension; empty if it is not there or is not marked critical as it should be.
  byte[] value(ASN1ObjectIdentifier id, boolean critical) {
    byte[] oid = Encoding.oid(id);
    for (Extension extension : extensions) {
      if (extension.critical == critical && Arrays.equals(extension.oid, oid)) {
        return extension.value;
      }
    }
    return ABSENT;
  }
}
