package io.cardea.apps.server.oidc;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityMaker;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.IssuanceRequest;
import io.cardea.life.pki.Issuer;
import io.cardea.life.pki.JdkBackend;
import io.cardea.life.pki.MemoryAuthorityKeys;
import io.cardea.life.pki.Pem;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.pki.SubjectPublicKey;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// What of an identity provider a relying party sees: its configuration and its keys, over TLS.
final class Provider implements AutoCloseable {
  private static final InstantSource HOST = InstantSource.system();
  private static final char[] NO_PASSWORD = {};

  private final HttpsServer server;
  private final Path authority;
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile String keys = "{\"keys\":[]}";
  private volatile Optional<String> claimed = Optional.empty();
  private volatile boolean away;

  Provider(Path folder) throws Exception {
    JdkBackend crypto = new JdkBackend();
    MemoryAuthorityKeys authorityKeys = new MemoryAuthorityKeys(crypto);
    PublicUrls urls = PublicUrls.of("http://pki.example.com");
    AuthorityMaker maker = new AuthorityMaker(authorityKeys, crypto, urls);
    Authority root = maker.root("Root", HOST.instant());
    Authority issuing =
        maker.issuing("Issuing", root, authorityKeys.open(root.key()), HOST.instant());
    authority =
        Files.writeString(folder.resolve("provider-ca.pem"), Pem.encode(root.certificate()));
    KeyPair pair = crypto.generateKeyPair(CertKey.EC_P256);
    Issuer issuer = new Issuer(issuing, authorityKeys.open(issuing.key()), crypto, urls);
    byte[] leaf =
        issuer
            .issue(
                issuer.prepare(
                    Profile.server(Duration.ofDays(1)),
                    IssuanceRequest.forServer(
                        List.of("localhost", "127.0.0.1"),
                        SubjectPublicKey.of(pair.getPublic().getEncoded()),
                        HOST.instant())))
            .der();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "provider",
        pair.getPrivate(),
        NO_PASSWORD,
        new X509Certificate[] {Certificate.of(leaf).toX509(), issuing.certificate().toX509()});
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(store, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/realm/.well-known/openid-configuration",
        exchange ->
            answer(
                exchange,
                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}"
                    .formatted(claimed.orElse(issuer().toString()), issuer())));
    server.createContext("/realm/keys", exchange -> answer(exchange, keys));
    server.start();
  }

  URI issuer() {
    return URI.create("https://localhost:" + server.getAddress().getPort() + "/realm");
  }

  Path authority() {
    return authority;
  }

  void keys(JWK... all) {
    keys = new JWKSet(Arrays.asList(all)).toString(true);
  }

  void claims(String issuer) {
    claimed = Optional.of(issuer);
  }

  void away(boolean gone) {
    away = gone;
  }

  /// How often anything was asked for.
  int fetches() {
    return fetches.get();
  }

  private void answer(HttpExchange exchange, String text) throws IOException {
    fetches.incrementAndGet();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(away ? 503 : 200, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
