package io.cardea.protocols.edge;

import java.net.Socket;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Lets every client chain of bearable size through the handshake, so that an expired, unknown or
/// revoked device gets an answer with a code and not an alert.
///
/// This is no hole: the handshake still proves possession of the key, and what the certificate is
/// worth is judged for each request behind the [EdgeHandler]. It must be the extended kind, or the
/// platform wraps it in checks of its own; and it names no issuers, because some clients go
/// anonymous when theirs is not among them.
final class AnyClientChain extends X509ExtendedTrustManager {
  /// Who showed what in handshakes that are going on: when one fails, nobody else knows.
  private final Map<SSLEngine, X509Certificate> shown = new ConcurrentHashMap<>();

  /// What was shown to this engine, once; every engine must be asked about, or it stays here.
  Optional<ClientCertificate> shown(SSLEngine engine) {
    X509Certificate certificate = shown.remove(engine);
    try {
      return certificate == null || certificate.getEncoded().length > ClientCertificate.MAX_BYTES
          ? Optional.empty()
          : Optional.of(new ClientCertificate(certificate.getEncoded(), List.of()));
    } catch (CertificateEncodingException e) {
      return Optional.empty(); // it was no certificate
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (chain.length > 0) {
      shown.put(engine, chain[0]);
    }
    checkSize(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkSize(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checkSize(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("the edge is never a client");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("the edge is never a client");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("the edge is never a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private static void checkSize(X509Certificate[] chain) throws CertificateEncodingException {
    if (chain.length > 0 && chain[0].getEncoded().length > ClientCertificate.MAX_BYTES) {
      throw new CertificateEncodingException("the client's certificate is too long");
    }
  }
}
