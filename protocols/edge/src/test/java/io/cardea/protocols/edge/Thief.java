package io.cardea.protocols.edge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// A client that shows somebody's certificate and signs with a key of its own.
final class Thief extends X509ExtendedKeyManager {
  private final X509Certificate[] stolen;
  private final PrivateKey own;

  private Thief(X509Certificate stolen, PrivateKey own) {
    this.stolen = new X509Certificate[] {stolen};
    this.own = own;
  }

  /// @throws IOException when the server refuses, as it must
  static void greet(Certificates certificates, int port, String version) throws Exception {
    TlsMaterial.Chain victim = certificates.chain("self-signed");
    TlsMaterial.Chain thief = certificates.chain("unknown-ca");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", certificates.certificate("server-ec"));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    TrustManager[] trust = factory.getTrustManagers();
    SSLContext context = SSLContext.getInstance(version);
    context.init(new KeyManager[] {new Thief(victim.array()[0], thief.key())}, trust, null);
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      socket
          .getOutputStream()
          .write(
              "GET /whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      if (socket.getInputStream().read() < 0) {
        throw new IOException("closed");
      }
    }
  }

  @Override
  public String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return "thief";
  }

  @Override
  public String chooseEngineClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return "thief";
  }

  @Override
  public X509Certificate[] getCertificateChain(@Nullable String alias) {
    return stolen.clone();
  }

  @Override
  public PrivateKey getPrivateKey(@Nullable String alias) {
    return own;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {"thief"};
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
