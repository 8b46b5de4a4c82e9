package io.cardea.life.pki;

import io.cardea.life.Refused;
import io.cardea.life.pki.OcspCertId.Form;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Signs answers in the name of one authority, under a delegated certificate of its own (RFC 6960
/// §4.2.2.2), so that the authority's key is not needed for each.
///
/// The key lives in this process alone. Whoever makes a signer records its certificate before it
/// signs anything.
public final class OcspSigner {
  public static final Duration LIFE = Duration.ofDays(14);

  private static final byte[] BASIC = HexFormat.of().parseHex("06092b0601050507300101");
  private static final byte[] SUCCESSFUL = {10, 1, 0};
  private static final byte[] GOOD = {(byte) 0x80, 0};
  private static final byte[] UNKNOWN = {(byte) 0x82, 0};
  private static final byte[] NOTHING = {};

  private final OcspIssuer issuer;
  private final IssuedCertificate certificate;
  private final CryptoBackend crypto;
  private final KeyPair pair;
  private final SignatureScheme scheme;
  private final byte[] algorithm;
  private final byte[] responderId;
  private final byte[] certificates;
  private final Instant renewAt;

  private OcspSigner(
      OcspIssuer issuer,
      IssuedCertificate certificate,
      CryptoBackend crypto,
      KeyPair pair,
      SubjectPublicKey key,
      Instant made) {
    this.issuer = issuer;
    this.certificate = certificate;
    this.crypto = crypto;
    this.pair = pair;
    this.scheme = key.kind().scheme();
    this.algorithm = scheme.algorithmIdentifier();
    byte[] keyHash = Form.SHA1.hash(OcspIssuer.bits(key)); // a name, as the standard has it
    this.responderId = Der.tlv(0xa2, Der.tlv(Der.OCTET_STRING, keyHash));
    this.certificates = Der.tlv(0xa0, Der.sequence(certificate.der()));
    this.renewAt = made.plus(Duration.between(made, certificate.notAfter()).dividedBy(2));
  }

  /// Makes a key and has it certified: of the authority's kind, as relying parties may know no
  /// other, or rely on its strength; for elliptic curves the faster one.
  public static OcspSigner certified(Issuer by, CryptoBackend crypto, Instant now) throws Refused {
    Authority authority = by.authority();
    CertKey own = authority.key().publicKey().kind();
    KeyPair pair = crypto.generateKeyPair(own == CertKey.EC_P384 ? CertKey.EC_P256 : own);
    SubjectPublicKey key = SubjectPublicKey.of(pair.getPublic().getEncoded());
    Map<String, String> fields = Map.of("authority", authority.id().value());
    IssuanceRequest request = new IssuanceRequest(key, fields, List.of(), List.of(), now, 0);
    IssuedCertificate certificate = by.issue(by.prepare(Profile.ocspResponder(LIFE), request));
    return new OcspSigner(new OcspIssuer(authority), certificate, crypto, pair, key, now);
  }

  OcspIssuer issuer() {
    return issuer;
  }

  public IssuedCertificate certificate() {
    return certificate;
  }

  /// At half of its life.
  public boolean isDue(Instant now) {
    return !now.isBefore(renewAt);
  }

  /// At three quarters of its life.
  public boolean isOverdue(Instant now) {
    Duration half = Duration.between(renewAt, certificate.notAfter());
    return !now.isBefore(renewAt.plus(half.dividedBy(2)));
  }

  /// @param statuses what each was found to be, in the order of the questions
  OcspAnswer sign(
      List<OcspCertId> asked,
      List<CertificateStatus> statuses,
      Optional<byte[]> nonce,
      Instant now,
      Instant nextUpdate) {
    byte[] thisUpdate = Der.generalizedTime(now);
    byte[] next = Der.tlv(0xa0, Der.generalizedTime(nextUpdate));
    byte[][] singles = new byte[asked.size()][];
    for (int i = 0; i < singles.length; i++) {
      CertificateStatus status = statuses.get(i);
      boolean known = !(status instanceof CertificateStatus.Unknown);
      // The next certificate may have this very serial number: nobody is to remember it.
      singles[i] =
          Der.sequence(asked.get(i).encoded(), encoded(status), thisUpdate, known ? next : NOTHING);
    }
    byte[] extensions =
        nonce
            .map(value ->
                Der.tlv(
                    0xa1,
                    Der.sequence(
                        Der.sequence(OcspRequest.NONCE, Der.tlv(Der.OCTET_STRING, value)))))
            .orElse(NOTHING);
    byte[] toBeSigned = Der.sequence(responderId, thisUpdate, Der.sequence(singles), extensions);
    byte[] signature = crypto.sign(scheme, pair.getPrivate(), toBeSigned);
    return new OcspAnswer(
        this, concatenated(toBeSigned, Der.bitString(signature)), statuses, now, nextUpdate);
  }

  private byte[] concatenated(byte[] toBeSigned, byte[] signature) {
    byte[] all = new byte[toBeSigned.length + algorithm.length + signature.length];
    System.arraycopy(toBeSigned, 0, all, 0, toBeSigned.length);
    System.arraycopy(algorithm, 0, all, toBeSigned.length, algorithm.length);
    System.arraycopy(signature, 0, all, toBeSigned.length + algorithm.length, signature.length);
    return all;
  }

  /// The whole OCSPResponse around what was signed, in one pass: answers from memory are made so
  /// each time.
  byte[] response(byte[] signed) {
    int inner = signed.length + certificates.length;
    int octets = Der.length(inner);
    int bytes = BASIC.length + Der.length(octets);
    int basic = Der.length(bytes);
    int whole = SUCCESSFUL.length + Der.length(basic);
    byte[] out = new byte[Der.length(whole)];
    int at = Der.head(out, 0, Der.SEQUENCE, whole);
    System.arraycopy(SUCCESSFUL, 0, out, at, SUCCESSFUL.length);
    at = Der.head(out, at + SUCCESSFUL.length, 0xa0, basic);
    at = Der.head(out, at, Der.SEQUENCE, bytes);
    System.arraycopy(BASIC, 0, out, at, BASIC.length);
    at = Der.head(out, at + BASIC.length, Der.OCTET_STRING, octets);
    at = Der.head(out, at, Der.SEQUENCE, inner);
    System.arraycopy(signed, 0, out, at, signed.length);
    System.arraycopy(certificates, 0, out, at + signed.length, certificates.length);
    return out;
  }

  private static byte[] encoded(CertificateStatus status) {
    return switch (status) {
      case CertificateStatus.Good _ -> GOOD;
      case CertificateStatus.Unknown _ -> UNKNOWN;
      case CertificateStatus.Revoked(var at, var reason) ->
          Der.tlv(
              0xa1,
              Der.generalizedTime(at),
              reason == 0 ? NOTHING : new byte[] {(byte) 0xa0, 3, 10, 1, (byte) reason});
    };
  }
}
