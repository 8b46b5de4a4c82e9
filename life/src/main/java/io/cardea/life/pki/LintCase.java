package io.cardea.life.pki;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.jspecify.annotations.Nullable;

/// One certificate before the lints, read anew from its octets by another reader than the one that
/// wrote them.
final class LintCase {
  /// What the rules compare with.
  record Expected(
      io.cardea.life.pki.Certificate issuer,
      SignatureScheme scheme,
      String crl,
      String issuerUrl,
      byte[] issuerName,
      byte[] issuerKeyIdentifier,
      byte[] algorithm) {
    Expected(
        io.cardea.life.pki.Certificate issuer,
        SignatureScheme scheme,
        String crl,
        String issuerUrl) {
      this(
          issuer,
          scheme,
          crl,
          issuerUrl,
          issuer.subjectDer(),
          issuer.subjectKeyIdentifier().orElseThrow(),
          scheme.algorithmIdentifier());
    }
  }

  final Expected expected;
  final Profile profile;
  final IssuanceRequest request;
  final Certificate certificate;
  final TBSCertificate tbs;
  final List<byte[]> tbsParts;
  private final @Nullable Extensions extensions;

  LintCase(byte[] der, Expected expected, Profile profile, IssuanceRequest request)
      throws MalformedDer {
    this.expected = expected;
    this.profile = profile;
    this.request = request;
    DerReader.check(der, 16);
    this.tbsParts = parts(der);
    this.certificate = Certificate.getInstance(der);
    this.tbs = certificate.getTBSCertificate();
    this.extensions = tbs.getExtensions();
  }

  private static List<byte[]> parts(byte[] der) throws MalformedDer {
    DerReader tbs = new DerReader(der).next().reader().next().reader();
    List<byte[]> parts = new ArrayList<>(8);
    while (tbs.hasNext()) {
      parts.add(tbs.next().encoded());
    }
    return parts;
  }

  /// The OIDs of the extensions that are there more than once; looked for before anything else
  /// parses them, as parsers either choke on these or keep one of them.
  static Set<String> repeatedExtensions(byte[] der) throws MalformedDer {
    Set<String> seen = new HashSet<>();
    Set<String> repeated = new HashSet<>();
    DerReader tbs = new DerReader(der).next().reader().next().reader();
    while (tbs.hasNext()) {
      DerReader.Element part = tbs.next();
      if (part.tag() == 0xa3) {
        DerReader all = part.reader().next().reader();
        while (all.hasNext()) {
          byte[] oid = all.next().reader().next().encoded();
          String id = ASN1ObjectIdentifier.getInstance(oid).getId();
          if (!seen.add(id)) {
            repeated.add(id);
          }
        }
      }
    }
    return repeated;
  }

  Optional<Extension> extension(ASN1ObjectIdentifier id) {
    return extensions == null ? Optional.empty() : Optional.ofNullable(extensions.getExtension(id));
  }

  /// The value of an extension, or nothing if it is not there or is not marked critical as it
  /// should be.
  byte[] value(ASN1ObjectIdentifier id, boolean critical) {
    return extension(id)
        .filter(extension -> extension.isCritical() == critical)
        .map(extension -> extension.getExtnValue().getOctets())
        .orElse(new byte[0]);
  }

  List<String> extensionIds() {
    List<String> ids = new ArrayList<>();
    if (extensions != null) {
      for (ASN1ObjectIdentifier id : extensions.getExtensionOIDs()) {
        ids.add(id.getId());
      }
    }
    return ids;
  }

  static byte[] encoded(ASN1Object object) {
    try {
      return object.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory cannot fail", e);
    }
  }
}
