package io.cardea.protocols.est.client;

import java.security.cert.X509Certificate;
import java.util.List;

/// The authorities' certificates, in the server's order (RFC 7030 §4.1.3).
public record CaCertificates(List<X509Certificate> certificates) implements CaAnswer {
  public CaCertificates {
    certificates = List.copyOf(certificates);
  }

  /// Those that are signed by themselves: what a device may trust from now on.
  public List<X509Certificate> roots() {
    return certificates.stream()
        .filter(c -> c.getSubjectX500Principal().equals(c.getIssuerX500Principal()))
        .toList();
  }
}
