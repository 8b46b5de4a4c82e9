package io.cardea.protocols.est;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Plain HTTPS to the test fleet, for what a well-behaved EST client would not send.
final class TestClient implements AutoCloseable {

  private static final char[] NO_PASSWORD = new char[0];

  private final TestFleet fleet;
  private final HttpClient http;

  TestClient(TestFleet fleet, Optional<TestFleet.Identity> identity)
      throws GeneralSecurityException, IOException {
    this.fleet = fleet;
    this.http = HttpClient.newBuilder().sslContext(context(fleet, identity)).build();
  }

  static SSLContext context(TestFleet fleet, Optional<TestFleet.Identity> identity)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore anchors = empty();
    anchors.setCertificateEntry("root", fleet.root.certificate());
    trust.init(anchors);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys(identity).getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  static KeyManagerFactory keys(Optional<TestFleet.Identity> identity)
      throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    if (identity.isPresent()) {
      X509Certificate[] chain = {identity.get().certificate()};
      store.setKeyEntry("device", identity.get().key(), NO_PASSWORD, chain);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  static String basic(String user, String password) {
    byte[] text = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(text);
  }

  HttpRequest.Builder to(String operation) {
    return HttpRequest.newBuilder(
        URI.create("https://localhost:" + fleet.server.port() + "/.well-known/est/" + operation));
  }

  HttpRequest.Builder post(String operation, byte[] body) {
    return to(operation)
        .header("Content-Type", "application/pkcs10")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
  }

  HttpRequest.Builder postWithToken(String operation, byte[] body) {
    return post(operation, body).header("Authorization", basic(TestFleet.DEVICE, TestFleet.TOKEN));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(
        request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
