package io.cardea.protocols.est.client;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;

/// The authorities' certificates, in the server's order (RFC 7030 §4.1.3).
public record CaCertificates(List<X509Certificate> certificates) implements CaAnswer {
  public CaCertificates {
    certificates = List.copyOf(certificates);
  }

  /// Those that are signed by themselves: what a device may trust from now on.
  public List<X509Certificate> roots() {
    return certificates.stream().filter(CaCertificates::signedByItself).toList();
  }

  private static boolean signedByItself(X509Certificate certificate) {
    if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
      return false;
    }
    try {
      certificate.verify(certificate.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // an old key certified by the new one, or the reverse (RFC 4210 §4.4)
    }
  }
}
