package io.cardea.life.pki.path;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.Certificate;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PolicyConstraints;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.bouncycastle.asn1.x509.PolicyMappings;
import org.bouncycastle.asn1.x509.PolicyQualifierInfo;

/// A certificate with all of it that a path is judged by, read at once: what cannot be read is
/// refused here, and nothing that comes later throws.
final class PathCertificate {
  /// What is understood here; any other critical extension refuses the path (RFC 5280 §4.2).
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          Extension.authorityKeyIdentifier,
          Extension.subjectKeyIdentifier,
          Extension.keyUsage,
          Extension.certificatePolicies,
          Extension.policyMappings,
          Extension.subjectAlternativeName,
          Extension.issuerAlternativeName,
          Extension.basicConstraints,
          Extension.nameConstraints,
          Extension.policyConstraints,
          Extension.extendedKeyUsage,
          Extension.cRLDistributionPoints,
          Extension.inhibitAnyPolicy,
          Extension.freshestCRL);

  final Certificate certificate;
  final X509Certificate x509;
  final org.bouncycastle.asn1.x509.Certificate parsed;
  final X500Principal subject;
  final X500Principal issuer;
  final byte[] toBeSigned;
  final byte[] publicKeyInfo;
  final Optional<BasicConstraints> basicConstraints;
  final Optional<KeyUsage> keyUsage;
  final Set<String> purposes;
  final Optional<NameConstraints> nameConstraints;
  final List<GeneralName> alternativeNames;
  final Optional<Set<String>> policies;
  final Map<String, Set<String>> mappings;
  final Optional<BigInteger> requireExplicitPolicy;
  final Optional<BigInteger> inhibitPolicyMapping;
  final Optional<BigInteger> inhibitAnyPolicy;
  final List<DistributionPoint> distributionPoints;
  final Set<String> notUnderstood;

  private PathCertificate(Certificate certificate)
      throws CertificateEncodingException, IOException {
    this.certificate = certificate;
    this.x509 = certificate.toX509();
    this.parsed = org.bouncycastle.asn1.x509.Certificate.getInstance(certificate.der());
    this.subject = x509.getSubjectX500Principal();
    this.issuer = x509.getIssuerX500Principal();
    this.toBeSigned = x509.getTBSCertificate();
    // As it stands in the certificate: Java would turn explicit curve parameters into a name.
    this.publicKeyInfo = parsed.getSubjectPublicKeyInfo().getEncoded();
    Optional<Extensions> all = Optional.ofNullable(parsed.getTBSCertificate().getExtensions());
    this.basicConstraints = all.map(BasicConstraints::fromExtensions);
    this.keyUsage = all.map(KeyUsage::fromExtensions);
    this.purposes = purposes(all);
    this.nameConstraints = value(all, Extension.nameConstraints).map(NameConstraints::getInstance);
    this.alternativeNames =
        all.map(its -> GeneralNames.fromExtensions(its, Extension.subjectAlternativeName))
            .map(names -> List.of(names.getNames()))
            .orElse(List.of());
    this.policies = all.map(CertificatePolicies::fromExtensions).map(PathCertificate::policies);
    this.mappings = mappings(all);
    Optional<PolicyConstraints> constraints = all.map(PolicyConstraints::fromExtensions);
    this.requireExplicitPolicy =
        constraints.map(PolicyConstraints::getRequireExplicitPolicyMapping);
    this.inhibitPolicyMapping = constraints.map(PolicyConstraints::getInhibitPolicyMapping);
    this.inhibitAnyPolicy =
        value(all, Extension.inhibitAnyPolicy)
            .map(number -> ASN1Integer.getInstance(number).getValue());
    this.distributionPoints =
        value(all, Extension.cRLDistributionPoints)
            .map(points -> List.of(CRLDistPoint.getInstance(points).getDistributionPoints()))
            .orElse(List.of());
    this.notUnderstood = notUnderstood(all);
  }

  static PathCertificate of(Certificate certificate) throws Refused {
    try {
      return new PathCertificate(certificate);
    } catch (CertificateEncodingException | IOException | RuntimeException e) {
      // The libraries report bad extensions by many unchecked types. Whatever it is, a certificate
      // of which a part cannot be read is not judged by the rest.
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "certificate " + certificate.subject() + ": a field or an extension cannot be read");
    }
  }

  String name() {
    String text = certificate.subject();
    return text.isEmpty() ? "serial " + certificate.serial().hex() : text;
  }

  boolean isSelfIssued() {
    return subject.equals(issuer);
  }

  boolean isAuthority() {
    return basicConstraints.isPresent() && basicConstraints.get().isCA();
  }

  /// Whether it is named by the same subject and holds the same key.
  boolean isSameEntityAs(PathCertificate other) {
    return subject.equals(other.subject) && Arrays.equals(publicKeyInfo, other.publicKeyInfo);
  }

  /// Whether the key identifiers do not speak against it; they are a hint and no more.
  boolean mayBeIssuedBy(PathCertificate other) {
    Optional<byte[]> wanted = certificate.authorityKeyIdentifier();
    Optional<byte[]> its = other.certificate.subjectKeyIdentifier();
    return wanted.isEmpty() || its.isEmpty() || Arrays.equals(wanted.get(), its.get());
  }

  private static Optional<Object> value(Optional<Extensions> all, ASN1ObjectIdentifier id) {
    return all.map(its -> its.getExtensionParsedValue(id));
  }

  private static Set<String> purposes(Optional<Extensions> all) {
    Optional<ExtendedKeyUsage> usage = all.map(ExtendedKeyUsage::fromExtensions);
    if (usage.isEmpty()) {
      return Set.of();
    }
    Set<String> ids = new HashSet<>();
    for (KeyPurposeId id : usage.get().getUsages()) {
      ids.add(id.getId());
    }
    return Set.copyOf(ids);
  }

  /// Reads the qualifiers too, so that one which is no sequence is noticed.
  private static Set<String> policies(CertificatePolicies policies) {
    Set<String> ids = new TreeSet<>();
    for (PolicyInformation each : policies.getPolicyInformation()) {
      if (!ids.add(each.getPolicyIdentifier().getId())) {
        throw new IllegalArgumentException("a policy is there twice (RFC 5280 §4.2.1.4)");
      }
      ASN1Sequence qualifiers = each.getPolicyQualifiers();
      if (qualifiers != null) {
        qualifiers.forEach(PolicyQualifierInfo::getInstance);
      }
    }
    return ids;
  }

  private static Map<String, Set<String>> mappings(Optional<Extensions> all) {
    Map<String, Set<String>> found = new LinkedHashMap<>();
    Optional<Object> value = value(all, Extension.policyMappings);
    if (value.isPresent()) {
      ASN1Sequence pairs =
          ASN1Sequence.getInstance(PolicyMappings.getInstance(value.get()).toASN1Primitive());
      List<ASN1Sequence> each = new ArrayList<>();
      pairs.forEach(pair -> each.add(ASN1Sequence.getInstance(pair)));
      for (ASN1Sequence pair : each) {
        if (pair.size() != 2) {
          throw new IllegalArgumentException("a policy mapping of " + pair.size() + " parts");
        }
        found
            .computeIfAbsent(
                ASN1ObjectIdentifier.getInstance(pair.getObjectAt(0)).getId(), _ -> new TreeSet<>())
            .add(ASN1ObjectIdentifier.getInstance(pair.getObjectAt(1)).getId());
      }
    }
    return found;
  }

  private static Set<String> notUnderstood(Optional<Extensions> all) {
    Set<String> ids = new TreeSet<>();
    all.ifPresent(its -> {
      for (ASN1ObjectIdentifier id : its.getCriticalExtensionOIDs()) {
        if (!UNDERSTOOD.contains(id)) {
          ids.add(id.getId());
        }
      }
    });
    return ids;
  }
}
