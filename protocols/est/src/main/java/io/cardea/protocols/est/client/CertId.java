package io.cardea.protocols.est.client;

import java.security.cert.X509Certificate;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;

/// The name of a certificate in a renewal window's address (RFC 9773 §4.1): its issuer's key
/// identifier and its serial number.
final class CertId {
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";

  private CertId() {}

  static String of(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(AUTHORITY_KEY_IDENTIFIER);
    byte[] issuer =
        extension == null
            ? null
            : AuthorityKeyIdentifier.getInstance(ASN1OctetString.getInstance(extension).getOctets())
                .getKeyIdentifierOctets();
    if (issuer == null) {
      throw new IllegalArgumentException(
          "certificate: no authority key identifier (expected: one, RFC 9773 names it by that)");
    }
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(issuer)
        + "."
        + encoder.encodeToString(certificate.getSerialNumber().toByteArray());
  }
}
