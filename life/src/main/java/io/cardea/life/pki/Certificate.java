package io.cardea.life.pki;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.Time;

/// An X.509 certificate, read once. Reading judges neither its signature nor its dates nor its
/// issuer.
public final class Certificate {
  /// Twice of what the largest here takes: an ML-DSA-87 key under an ML-DSA-87 signature.
  public static final int MAX_LENGTH = 16 * 1024;

  private final byte[] der;
  private final Fingerprint fingerprint;
  private final org.bouncycastle.asn1.x509.Certificate parsed;
  private final Serial serial;
  private final String subject;
  private final String issuer;
  private final List<String> commonNames;
  private final List<String> subjectSerialNumbers;
  private final Instant notBefore;
  private final Instant notAfter;
  private final AlternativeNames names;
  private final byte[] subjectKeyIdentifier;
  private final byte[] authorityKeyIdentifier;
  private final boolean authority;

  private Certificate(byte[] der) throws MalformedDer, IOException {
    DerReader.check(der, 16);
    this.der = der.clone();
    this.fingerprint = Fingerprint.of(der);
    this.parsed = org.bouncycastle.asn1.x509.Certificate.getInstance(this.der);
    this.serial = new Serial(parsed.getSerialNumber().getValue());
    this.notBefore = instant(parsed.getStartDate());
    this.notAfter = instant(parsed.getEndDate());
    // Names are read now: a parser that is lazy about them would throw at whoever shows them later.
    this.subject = Names.text(parsed.getSubject());
    this.issuer = Names.text(parsed.getIssuer());
    this.commonNames = Names.commonNames(parsed.getSubject());
    this.subjectSerialNumbers = Names.serialNumbers(parsed.getSubject());
    Extensions extensions = parsed.getTBSCertificate().getExtensions();
    this.names = AlternativeNames.of(extensions);
    this.subjectKeyIdentifier =
        octets(extensions, Extension.subjectKeyIdentifier)
            .map(value -> ASN1OctetString.getInstance(value).getOctets())
            .orElse(new byte[0]);
    this.authorityKeyIdentifier =
        octets(extensions, Extension.authorityKeyIdentifier)
            .map(value -> AuthorityKeyIdentifier.getInstance(value).getKeyIdentifierOctets())
            .orElse(new byte[0]);
    this.authority =
        octets(extensions, Extension.basicConstraints)
            .map(value -> BasicConstraints.getInstance(value).isCA())
            .orElse(false);
  }

  /// Reads what a stranger sent.
  public static Certificate parse(byte[] der) throws Refused {
    if (der.length > MAX_LENGTH) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "certificate: " + der.length + " octets (expected: at most " + MAX_LENGTH + ")");
    }
    try {
      return new Certificate(der);
    } catch (MalformedDer | IOException | RuntimeException e) {
      // Bouncy Castle reports bad ASN.1 by half a dozen unchecked types; whatever it is, it is no
      // certificate.
      throw new Refused(Refusal.REQUEST_MALFORMED, "not a well-formed X.509 certificate");
    }
  }

  /// Reads what we stored or made ourselves.
  ///
  /// @throws IllegalArgumentException if it is no certificate, which means that the store is
  ///   damaged
  public static Certificate of(byte[] der) {
    try {
      return parse(der);
    } catch (Refused e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  public byte[] der() {
    return der.clone();
  }

  public Fingerprint fingerprint() {
    return fingerprint;
  }

  public Serial serial() {
    return serial;
  }

  public Instant notBefore() {
    return notBefore;
  }

  public Instant notAfter() {
    return notAfter;
  }

  /// The subject as an RFC 4514 string.
  public String subject() {
    return subject;
  }

  public String issuer() {
    return issuer;
  }

  public AlternativeNames alternativeNames() {
    return names;
  }

  public List<String> commonNames() {
    return commonNames;
  }

  /// The `serialNumber` attributes of the subject (X.520), as manufacturers put it there: not the
  /// certificate's own serial number.
  public List<String> subjectSerialNumbers() {
    return subjectSerialNumbers;
  }

  /// The fingerprint of the key, whatever its kind: a foreign certificate may hold one that we do
  /// not certify.
  public Fingerprint keyFingerprint() {
    return Fingerprint.of(subjectPublicKeyInfo());
  }

  /// The key, if it is of a kind that we certify.
  public SubjectPublicKey publicKey() throws Refused {
    return SubjectPublicKey.of(subjectPublicKeyInfo());
  }

  /// Whether basicConstraints says that it may issue.
  public boolean isAuthority() {
    return authority;
  }

  public Optional<byte[]> subjectKeyIdentifier() {
    return subjectKeyIdentifier.length == 0
        ? Optional.empty()
        : Optional.of(subjectKeyIdentifier.clone());
  }

  public Optional<byte[]> authorityKeyIdentifier() {
    return authorityKeyIdentifier.length == 0
        ? Optional.empty()
        : Optional.of(authorityKeyIdentifier.clone());
  }

  /// What it is signed with; nothing for what is weak or unknown here.
  public Optional<SignatureScheme> scheme() {
    try {
      return SignatureScheme.byAlgorithmIdentifier(parsed.getSignatureAlgorithm().getEncoded());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Whether this certificate names that one as its issuer, and its signature verifies under that
  /// one's key.
  public boolean isSignedBy(Certificate issuer, CryptoBackend backend) {
    try {
      byte[] algorithm = parsed.getSignatureAlgorithm().getEncoded();
      Optional<SignatureScheme> scheme = SignatureScheme.byAlgorithmIdentifier(algorithm);
      return scheme.isPresent()
          && parsed.getSignature().getPadBits() == 0 // no signature of whole bytes has any
          && Arrays.equals(parsed.getIssuer().getEncoded(), issuer.parsed.getSubject().getEncoded())
          && Arrays.equals(algorithm, parsed.getTBSCertificate().getSignature().getEncoded())
          && backend.verify(
              scheme.get(), issuer.publicKey(), toBeSigned(), parsed.getSignature().getOctets());
    } catch (IOException | Refused e) {
      return false;
    }
  }

  /// The same certificate for the libraries that take Java's type.
  public X509Certificate toX509() {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("not a certificate to Java: " + fingerprint, e);
    }
  }

  org.bouncycastle.asn1.x509.Certificate parsed() {
    return parsed;
  }

  byte[] toBeSigned() {
    try {
      return new DerReader(der).next().reader().next().encoded();
    } catch (MalformedDer e) {
      throw new IllegalStateException("checked when it was read", e);
    }
  }

  byte[] subjectDer() {
    try {
      return parsed.getSubject().getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("checked when it was read", e);
    }
  }

  private byte[] subjectPublicKeyInfo() {
    try {
      return parsed.getSubjectPublicKeyInfo().getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("checked when it was read", e);
    }
  }

  private static Optional<byte[]> octets(Extensions extensions, ASN1ObjectIdentifier id) {
    return Optional.ofNullable(extensions)
        .map(all -> all.getExtension(id))
        .map(extension -> extension.getExtnValue().getOctets());
  }

  private static Instant instant(Time time) {
    return time.getDate().toInstant();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Certificate that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return fingerprint.hashCode();
  }

  @Override
  public String toString() {
    return "Certificate[" + subject() + ", serial " + serial + ", " + fingerprint + "]";
  }
}
