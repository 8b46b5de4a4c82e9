package io.cardea.apps.server.oidc;

import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.text.ParseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The public keys of the provider, fetched when they are needed.
///
/// They are read again when they are old, and when a token names a key that is not among them, at
/// most every few seconds whatever strangers send. While the provider is away the known ones go on
/// for [#LONGEST], and then nobody signs in by it.
final class ProviderKeys implements AutoCloseable {
  static final Duration FRESH = Duration.ofMinutes(5);
  static final Duration LONGEST = Duration.ofHours(1);
  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(ProviderKeys.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 256 * 1024;

  private final URI issuer;
  private final HttpClient http;
  private final Ticker ticker;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Optional<Known> known = Optional.empty();
  private volatile Optional<Long> lastTry = Optional.empty();

  private record Known(JWKSet keys, long nanos) {}

  /// A monotonic clock.
  @FunctionalInterface
  interface Ticker {
    long nanos();
  }

  ProviderKeys(OidcSettings settings, Ticker ticker) throws IOException {
    this.issuer = settings.issuer();
    this.ticker = ticker;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    if (settings.trusted().isPresent()) {
      try (InputStream pem = Files.newInputStream(settings.trusted().get())) {
        builder.sslContext(trusting(pem));
      } catch (GeneralSecurityException e) {
        throw new IOException(settings.trusted().get() + " holds no certificate in PEM", e);
      }
    }
    this.http = builder.build();
  }

  /// The keys, of which one should have this id; empty while none are known that are young enough.
  Optional<JWKSet> keys(Optional<String> id) {
    if (isOld() || (id.isPresent() && lacks(id.get()))) {
      refresh();
    }
    return known.filter(now -> age(now) < LONGEST.toNanos()).map(Known::keys);
  }

  private boolean isOld() {
    return known.isEmpty() || age(known.get()) >= FRESH.toNanos();
  }

  private boolean lacks(String id) {
    return known.filter(now -> now.keys().getKeyByKeyId(id) != null).isEmpty();
  }

  private long age(Known at) {
    return ticker.nanos() - at.nanos();
  }

  /// One at a time; who came second goes on with what the first one fetched.
  private void refresh() {
    Optional<Long> seen = lastTry;
    fetching.lock();
    try {
      if (!lastTry.equals(seen)
          || (lastTry.isPresent() && ticker.nanos() - lastTry.get() < PAUSE.toNanos())) {
        return;
      }
      lastTry = Optional.of(ticker.nanos());
      known = Optional.of(new Known(fetch(), ticker.nanos()));
    } catch (IOException e) {
      log.warn("the keys of {} were not fetched: {}", issuer, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      fetching.unlock();
    }
  }

  private JWKSet fetch() throws IOException, InterruptedException {
    String base = issuer.toString().replaceFirst("/+$", "");
    try {
      JsonNode configuration =
          JsonMapper.shared().readTree(get(URI.create(base + "/.well-known/openid-configuration")));
      if (!configuration.path("issuer").asString("").equals(issuer.toString())) {
        throw new IOException("its configuration is of another issuer");
      }
      URI keys = URI.create(configuration.path("jwks_uri").asString(""));
      if (!"https".equals(keys.getScheme())) {
        throw new IOException("jwks_uri: " + keys + " (expected: https)");
      }
      return JWKSet.parse(get(keys)).toPublicJWKSet();
    } catch (JacksonException | ParseException | IllegalArgumentException e) {
      throw new IOException("what it answered is no configuration and no set of keys", e);
    }
  }

  private String get(URI address) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(
            HttpRequest.newBuilder(address).timeout(PATIENCE).build(),
            BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      byte[] bytes = body.readNBytes(MAX_BYTES + 1);
      if (response.statusCode() != 200 || bytes.length > MAX_BYTES) {
        throw new IOException(address + " answered " + response.statusCode());
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static SSLContext trusting(InputStream pem) throws GeneralSecurityException, IOException {
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, null);
    for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
      authorities.setCertificateEntry("authority-" + authorities.size(), one);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() {
    http.close();
  }
}
