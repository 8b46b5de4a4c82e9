package io.cardea.protocols.est.client;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes a server whose chain ends in one of the given anchors, whose name is the one that was
/// called, and whose certificate had not ended by a moment that has certainly passed.
///
/// It does not ask the device's clock, which may be ten years off and would then lock the device
/// out of the very server that can help it. The price: a server certificate that ended after that
/// moment is still believed.
final class ServerTrust extends X509ExtendedTrustManager {
  private final Set<TrustAnchor> anchors;
  private final X509Certificate[] certificates;
  private final Instant passed;

  ServerTrust(Set<X509Certificate> anchors, Instant passed) {
    this.anchors =
        anchors.stream()
            .map(certificate -> new TrustAnchor(certificate, null))
            .collect(Collectors.toUnmodifiableSet());
    this.certificates = anchors.toArray(new X509Certificate[0]);
    this.passed = passed;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    Instant date = passed;
    for (X509Certificate certificate : chain) {
      Instant begins = certificate.getNotBefore().toInstant();
      date = begins.isAfter(date) ? begins : date;
    }
    at(date).checkServerTrusted(chain, authType, engine);
  }

  private X509ExtendedTrustManager at(Instant date) throws CertificateException {
    try {
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(date));
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(new CertPathTrustManagerParameters(parameters));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the trust anchors cannot be used", e);
    }
    throw new CertificateException("this Java platform cannot check a server's name");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return certificates.clone();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw withoutName();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw withoutName();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw withoutName();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw withoutName();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw withoutName();
  }

  private static CertificateException withoutName() {
    return new CertificateException("refused: only a server that was called by name is judged");
  }
}
