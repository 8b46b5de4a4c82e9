package io.cardea.trials.bench.load;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Believes a server whose certificate one of the given authorities signed, and remembers it: the
/// generator should not pay for a signature at each handshake.
///
/// It is asked in every full handshake and in no resumption: so its count tells them apart.
final class KnownServer extends X509ExtendedTrustManager {
  private final List<X509Certificate> authorities;
  private final Set<ByteBuffer> known = ConcurrentHashMap.newKeySet();
  private final AtomicLong asked = new AtomicLong();

  KnownServer(List<X509Certificate> authorities) {
    this.authorities = List.copyOf(authorities);
  }

  long fullHandshakes() {
    return asked.get();
  }

  private void judge(X509Certificate[] chain) throws CertificateException {
    asked.incrementAndGet();
    ByteBuffer leaf = encoded(chain[0]);
    if (known.contains(leaf)) {
      return;
    }
    for (X509Certificate authority : authorities) {
      try {
        chain[0].verify(authority.getPublicKey());
        known.add(leaf);
        return;
      } catch (GeneralSecurityException e) {
        // Not by this one.
      }
    }
    throw new CertificateException("a server that nobody we know has signed");
  }

  private static ByteBuffer encoded(X509Certificate certificate)
      throws CertificateEncodingException {
    return ByteBuffer.wrap(certificate.getEncoded());
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("a client");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("a client");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
