package io.cardea.life.pki.path;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.CryptoBackend;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;

/// A revocation list that somebody else signed (RFC 5280 §5), read once. Reading judges neither its
/// signature nor its dates.
public final class RevocationList {
  /// The bit of a key usage that means so.
  private static final int CRL_SIGN = 6;

  private static final String NUMBER = "2.5.29.20";
  private static final String DELTA = "2.5.29.27";
  private static final String DISTRIBUTION_POINT = "2.5.29.28";
  private static final Set<String> UNDERSTOOD = Set.of(NUMBER, DELTA, DISTRIBUTION_POINT);
  private static final Set<String> UNDERSTOOD_OF_AN_ENTRY = Set.of("2.5.29.21", "2.5.29.24");

  private final X509CRL list;
  private final Fingerprint fingerprint;
  private final byte[] algorithm;
  private final byte[] toBeSigned;
  private final Optional<BigInteger> number;
  private final Optional<BigInteger> base;
  private final Optional<IssuingDistributionPoint> scope;
  private final Set<String> notUnderstood;

  private RevocationList(byte[] der) throws CRLException, CertificateException, IOException {
    this.list =
        (X509CRL)
            CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    this.fingerprint = Fingerprint.of(der);
    this.algorithm =
        AlgorithmIdentifier.getInstance(ASN1Sequence.getInstance(der).getObjectAt(1)).getEncoded();
    this.toBeSigned = list.getTBSCertList();
    this.number = extension(NUMBER).map(value -> ASN1Integer.getInstance(value).getValue());
    this.base = extension(DELTA).map(value -> ASN1Integer.getInstance(value).getValue());
    this.scope = extension(DISTRIBUTION_POINT).map(IssuingDistributionPoint::getInstance);
    this.notUnderstood = findNotUnderstood();
  }

  /// Reads one DER list.
  public static RevocationList parse(byte[] der) throws Refused {
    if (der.length > PathLimits.LIST_OCTETS) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "revocation list: "
              + der.length
              + " octets (expected: at most "
              + PathLimits.LIST_OCTETS
              + ")");
    }
    try {
      return new RevocationList(der);
    } catch (CRLException | CertificateException | IOException | RuntimeException e) {
      // The libraries report bad ASN.1 by many types; whatever it is, it is no revocation list.
      throw new Refused(Refusal.REQUEST_MALFORMED, "not a well-formed revocation list");
    }
  }

  public Instant thisUpdate() {
    return list.getThisUpdate().toInstant();
  }

  public Optional<Instant> nextUpdate() {
    return Optional.ofNullable(list.getNextUpdate()).map(Date::toInstant);
  }

  public String issuer() {
    return list.getIssuerX500Principal().getName();
  }

  /// The number by which lists of one issuer follow on each other.
  public Optional<BigInteger> listNumber() {
    return number;
  }

  /// Whether it says all about each certificate of its issuer, and nothing that is not understood
  /// here.
  public boolean isComplete() {
    return base.isEmpty() && scope.isEmpty() && notUnderstood.isEmpty();
  }

  /// Whether that authority signed it, by an algorithm and with a key that count here. Its name
  /// must be that of the list's issuer, and its key one that may sign lists.
  public boolean isSignedBy(Certificate authority, CryptoBackend crypto) {
    X509Certificate parsed = authority.toX509();
    boolean[] uses = parsed.getKeyUsage();
    return issuerName().equals(parsed.getSubjectX500Principal())
        && (uses == null || (uses.length > CRL_SIGN && uses[CRL_SIGN]))
        && Signatures.strong(crypto)
            .refusal(parsed.getPublicKey().getEncoded(), algorithm(), toBeSigned(), signature())
            .isEmpty();
  }

  X500Principal issuerName() {
    return list.getIssuerX500Principal();
  }

  Optional<X509CRLEntry> entry(PathCertificate certificate) {
    return Optional.ofNullable(list.getRevokedCertificate(certificate.x509.getSerialNumber()));
  }

  Optional<BigInteger> number() {
    return number;
  }

  /// The number of the list that this one adds to; empty for a complete one.
  Optional<BigInteger> base() {
    return base;
  }

  Optional<IssuingDistributionPoint> scope() {
    return scope;
  }

  /// Critical extensions, of the list or of any entry, that mean something nobody here knows.
  Set<String> notUnderstood() {
    return notUnderstood;
  }

  private Set<String> findNotUnderstood() {
    Set<String> ids = new TreeSet<>();
    Set<String> critical = list.getCriticalExtensionOIDs();
    if (critical != null) {
      ids.addAll(critical);
      ids.removeAll(UNDERSTOOD);
    }
    Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
    if (entries != null) {
      for (X509CRLEntry entry : entries) {
        Set<String> its = entry.getCriticalExtensionOIDs();
        if (its != null) {
          its.stream().filter(id -> !UNDERSTOOD_OF_AN_ENTRY.contains(id)).forEach(ids::add);
        }
      }
    }
    return ids;
  }

  Fingerprint fingerprint() {
    return fingerprint;
  }

  byte[] algorithm() {
    return algorithm;
  }

  byte[] toBeSigned() {
    return toBeSigned;
  }

  byte[] signature() {
    return list.getSignature();
  }

  private Optional<ASN1Primitive> extension(String id) throws IOException {
    byte[] value = list.getExtensionValue(id);
    return value == null
        ? Optional.empty()
        : Optional.of(ASN1Primitive.fromByteArray(ASN1OctetString.getInstance(value).getOctets()));
  }

  @Override
  public String toString() {
    return "RevocationList[" + issuer() + ", " + thisUpdate() + "]";
  }
}
