package io.cardea.trials.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// HTTPS without manners: says what it is told to, and takes any answer.
final class RawHttp implements AutoCloseable {
  private final HttpClient http;

  RawHttp(Set<X509Certificate> anchors) throws GeneralSecurityException, IOException {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(anchors))
            .build();
  }

  static SSLContext trusting(Set<X509Certificate> anchors)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (X509Certificate anchor : anchors) {
      store.setCertificateEntry(anchor.getSerialNumber().toString(), anchor);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  HttpResponse<String> get(int port, String path, String... fields)
      throws IOException, InterruptedException {
    return send(request(port, path, fields).GET());
  }

  HttpResponse<String> post(int port, String path, String body, String... fields)
      throws IOException, InterruptedException {
    return send(request(port, path, fields).POST(BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(int port, String path, String... fields) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
            .timeout(Duration.ofSeconds(30));
    return fields.length == 0 ? request : request.headers(fields);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
