package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.KeyUsage;

/// Judges a CA certificate that somebody else signed, and the chain above it, before an authority
/// here lives by it. Each refusal names the certificate and what is wrong with it.
///
/// It asks for no less than what we sign ourselves: SHA-256 or better, keys of [CertKey], critical
/// basicConstraints and keyUsage, a subject key identifier.
final class AuthorityCheck {
  private static final Set<ASN1ObjectIdentifier> UNDERSTOOD =
      Set.of(
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.nameConstraints,
          Extension.certificatePolicies,
          Extension.policyConstraints,
          Extension.policyMappings,
          Extension.inhibitAnyPolicy,
          Extension.extendedKeyUsage);
  private static final int MAX_LENGTH = 8;

  private final CryptoBackend backend;
  private final Instant now;

  AuthorityCheck(CryptoBackend backend, Instant now) {
    this.backend = backend;
    this.now = now;
  }

  /// Picks the certificate of this key out of what came back, in whatever order it came.
  Certificate own(SubjectPublicKey key, List<Certificate> given) throws Refused {
    List<Certificate> fitting =
        given.stream().filter(one -> one.keyFingerprint().equals(key.fingerprint())).toList();
    if (fitting.isEmpty()) {
      throw refused("none of the " + given.size() + " certificates has the key of the request");
    }
    if (fitting.size() > 1) {
      throw refused(fitting.size() + " certificates have the key of the request (expected: 1)");
    }
    return fitting.getFirst();
  }

  /// Checks the certificate, and everything above it up to a self-signed one.
  ///
  /// @param others in any order; every one of them has to be of use
  /// @param anchors if there are any, the chain has to end in one of them
  /// @return what is above it, nearest first, the root last; empty for a root itself
  List<Certificate> chain(Certificate own, List<Certificate> others, List<Certificate> anchors)
      throws Refused {
    requireAuthority(own, "the certificate");
    List<Certificate> left = new ArrayList<>(others);
    left.removeIf(own::equals);
    List<Certificate> pool = new ArrayList<>(left);
    anchors.stream().filter(anchor -> !pool.contains(anchor)).forEach(pool::add);
    List<Certificate> chain = new ArrayList<>();
    Certificate below = own;
    int intermediates = 0;
    while (!isSelfIssued(below) || !below.isSignedBy(below, backend)) {
      if (chain.size() == MAX_LENGTH) {
        throw refused("the chain is longer than " + MAX_LENGTH + " certificates");
      }
      Certificate above = issuer(below, pool);
      if (chain.contains(above) || above.equals(own)) {
        throw refused("the chain goes round in a circle at " + above.subject());
      }
      requireAuthority(above, "its issuer " + above.subject());
      requireLength(above, intermediates += isSelfIssued(below) ? 0 : 1);
      requireWithin(below, above);
      chain.add(above);
      left.remove(above);
      below = above;
    }
    if (!anchors.isEmpty() && !anchors.contains(below)) {
      throw refused("the chain ends in " + below + ", which is none of the given anchors");
    }
    if (!left.isEmpty()) {
      throw refused(left.getFirst().subject() + " is not in the chain; leave it out");
    }
    return chain;
  }

  private Certificate issuer(Certificate below, List<Certificate> pool) throws Refused {
    Optional<Certificate> named = Optional.empty();
    for (Certificate candidate : pool) {
      if (candidate.subject().equals(below.issuer())) {
        named = Optional.of(candidate);
        if (below.isSignedBy(candidate, backend)) {
          return candidate;
        }
      }
    }
    if (named.isEmpty()) {
      throw refused(
          "the issuer of "
              + below.subject()
              + ", "
              + below.issuer()
              + ", is missing from the chain");
    }
    if (below.scheme().isEmpty()) {
      throw refused(
          below.subject()
              + " is signed with an algorithm that is weak or not known here (expected: "
              + List.of(SignatureScheme.values())
              + ")");
    }
    throw refused("the signature of " + below.subject() + " does not verify under its issuer");
  }

  private void requireAuthority(Certificate certificate, String what) throws Refused {
    Extensions extensions = certificate.parsed().getTBSCertificate().getExtensions();
    if (certificate.parsed().getVersionNumber() != 3 || extensions == null) {
      throw refused(what + " is not of version 3 with extensions");
    }
    Extension constraints = extensions.getExtension(Extension.basicConstraints);
    if (constraints == null || !certificate.isAuthority()) {
      throw refused(what + " is not a CA's: basicConstraints does not say CA:TRUE");
    }
    if (!constraints.isCritical()) {
      throw refused(what + ": basicConstraints is not critical");
    }
    Extension usage = extensions.getExtension(Extension.keyUsage);
    if (usage == null || !usage.isCritical()) {
      throw refused(what + ": keyUsage is absent or not critical");
    }
    KeyUsage uses = KeyUsage.getInstance(usage.getParsedValue());
    if (!uses.hasUsages(KeyUsage.keyCertSign | KeyUsage.cRLSign)) {
      throw refused(what + ": keyUsage lacks keyCertSign or cRLSign");
    }
    if (certificate.subjectKeyIdentifier().isEmpty()) {
      throw refused(what + " has no subjectKeyIdentifier");
    }
    for (ASN1ObjectIdentifier critical : extensions.getCriticalExtensionOIDs()) {
      if (!UNDERSTOOD.contains(critical)) {
        throw refused(what + " has the critical extension " + critical + ", unknown here");
      }
    }
    if (now.isBefore(certificate.notBefore()) || !now.isBefore(certificate.notAfter())) {
      throw refused(
          what
              + " is valid from "
              + certificate.notBefore()
              + " to "
              + certificate.notAfter()
              + " (expected: now, "
              + now
              + ")");
    }
    try {
      WeakKeys.require(certificate.publicKey(), backend);
    } catch (Refused key) {
      if (key.refusal() == Refusal.KEY_WEAK) {
        throw key;
      }
      throw refused(what + ": " + key.detail());
    }
  }

  private static void requireLength(Certificate above, int intermediates) throws Refused {
    ASN1Integer length = constraints(above).getPathLenConstraintInteger();
    if (length != null && length.intPositiveValueExact() < intermediates) {
      throw refused(
          above.subject()
              + " allows a path length of "
              + length
              + " (expected: "
              + intermediates
              + " or more)");
    }
  }

  private static void requireWithin(Certificate below, Certificate above) throws Refused {
    if (below.notAfter().isAfter(above.notAfter())) {
      throw refused(
          below.subject()
              + " lives until "
              + below.notAfter()
              + ", longer than its issuer, which ends at "
              + above.notAfter());
    }
  }

  private static BasicConstraints constraints(Certificate certificate) {
    return BasicConstraints.fromExtensions(
        certificate.parsed().getTBSCertificate().getExtensions());
  }

  private static boolean isSelfIssued(Certificate certificate) {
    return certificate.parsed().getSubject().equals(certificate.parsed().getIssuer());
  }

  static Refused refused(String detail) {
    return new Refused(Refusal.AUTHORITY_CERTIFICATE_REFUSED, detail);
  }
}
