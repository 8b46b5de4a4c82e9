package io.cardea.protocols.edge;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCredential;
import io.netty.handler.ssl.OpenSslCredentialBuilder;
import io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the TLS side of each connection from the material of the moment.
///
/// Every handshake is a full one: no session cache, no tickets. Proof of possession in *this*
/// handshake is what the rules of rotation stand on, and a resumption would only repeat an older
/// proof.
final class TlsContexts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);

  static {
    // The platform's TLS has no switch for one context, only this one for the process, and reads it
    // when
    // first used. Where something else used TLS before us, give it on the command line.
    System.setProperty("jdk.tls.server.newSessionTicketCount", "0");
  }

  /// TLS 1.3, then TLS 1.2 with ephemeral keys and AEAD alone.
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final AnyClientChain anyone = new AnyClientChain();
  private final Supplier<TlsMaterial> material;
  private final SslProvider provider;
  private TlsMaterial last;
  private @Nullable SslContext context;

  /// @throws SSLException when the first material cannot be used: a server that cannot greet does
  ///   not start
  TlsContexts(Supplier<TlsMaterial> material, SslProvider provider) throws SSLException {
    this.material = material;
    this.provider = provider;
    this.last = material.get();
    this.context = build(last);
  }

  /// BoringSSL where its library loads, else the platform's own engine.
  static SslProvider best() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }

  /// For one new connection.
  synchronized SslHandler newHandler(ByteBufAllocator allocator) {
    TlsMaterial now = material.get();
    if (now != last) {
      swap(now);
    }
    if (context == null) {
      throw new IllegalStateException("closed");
    }
    SslHandler handler = context.newHandler(allocator);
    noTickets(handler.engine());
    // The connection keeps its own deadline, from accept on.
    handler.setHandshakeTimeoutMillis(0);
    handler.setCloseNotifyFlushTimeoutMillis(2_000);
    return handler;
  }

  /// What the other end of a handshake that goes on has shown; it is forgotten then.
  Optional<ClientCertificate> shown(SSLEngine engine) {
    return anyone.shown(engine);
  }

  /// Connections that are open keep the context they began with. Material that cannot be used
  /// leaves the old one in place, and is not tried again until it is replaced.
  private void swap(TlsMaterial now) {
    last = now;
    try {
      SslContext next = build(now);
      ReferenceCountUtil.release(context);
      context = next;
    } catch (SSLException | IllegalArgumentException e) {
      log.error("the new TLS material cannot be used, the old one stays: {}", e.toString());
    }
  }

  @Override
  public synchronized void close() {
    ReferenceCountUtil.release(context);
    context = null;
  }

  private SslContext build(TlsMaterial material) throws SSLException {
    return provider == SslProvider.JDK ? platform(material) : boring(material);
  }

  private SslContext boring(TlsMaterial material) throws SSLException {
    // BoringSSL takes the first that the client can verify, added ones before the built-in one.
    TlsMaterial.Chain last = material.chains().getLast();
    SslContextBuilder builder = SslContextBuilder.forServer(last.key(), last.array());
    OpenSslCredential preferred = null;
    if (material.chains().size() > 1) {
      preferred = credential(material.chains().getFirst());
      builder.addCredential(preferred);
    }
    try {
      SslContext made = common(builder).build();
      if (made instanceof ReferenceCountedOpenSslContext boring) {
        boring.sessionContext().setSessionCacheEnabled(false);
      }
      return made;
    } finally {
      ReferenceCountUtil.release(preferred);
    }
  }

  /// Without this option BoringSSL sends tickets in TLS 1.3, cache or no cache.
  private static void noTickets(SSLEngine engine) {
    if (engine instanceof ReferenceCountedOpenSslEngine boring) {
      SSL.setOptions(boring.sslPointer(), SSL.SSL_OP_NO_TICKET);
    }
  }

  private static OpenSslCredential credential(TlsMaterial.Chain chain) throws SSLException {
    try {
      return OpenSslCredentialBuilder.forX509(chain.key(), chain.array()).build();
    } catch (Exception e) { // declared so by the library; whatever it is, there is no credential
      throw new SSLException("the server's ECDSA chain cannot be used", e);
    }
  }

  private SslContext platform(TlsMaterial material) throws SSLException {
    // The platform has no switch for one context. Set before its TLS is first used, this one ends
    // tickets.
    System.setProperty("jdk.tls.server.newSessionTicketCount", "0");
    System.setProperty("jdk.tls.server.enableSessionTicketExtension", "false");
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      for (TlsMaterial.Chain chain : material.chains()) {
        keys.setKeyEntry(chain.algorithm(), chain.key(), new char[0], chain.array());
      }
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, new char[0]);
      return common(SslContextBuilder.forServer(factory)).build();
    } catch (GeneralSecurityException | IOException e) {
      throw new SSLException("the server's keys cannot be used", e);
    }
  }

  private SslContextBuilder common(SslContextBuilder builder) {
    return builder
        .sslProvider(provider)
        .protocols("TLSv1.2", "TLSv1.3")
        .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
        .clientAuth(ClientAuth.OPTIONAL)
        .trustManager(anyone);
  }
}
