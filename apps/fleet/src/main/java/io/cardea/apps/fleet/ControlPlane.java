package io.cardea.apps.fleet;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A server's API, as the demonstration and the trials use it: with the administrator's token, over
/// TLS.
public final class ControlPlane implements Prober.Judge, AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final long POLL_NANOS = 50_000_000;
  private static final int PAGE = 500;

  private final URI base;
  private final String token;
  private final HttpClient http;

  private ControlPlane(URI base, String token, HttpClient http) {
    this.base = base;
    this.token = token;
    this.http = http;
  }

  /// @param authorities the PEM file that the server's certificate chains to
  /// @param token the file with the administrator's token
  public static ControlPlane at(int port, Path authorities, Path token) throws IOException {
    return new ControlPlane(
        URI.create("https://localhost:" + port),
        Files.readString(token).strip(),
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(authorities))
            .connectTimeout(TIMEOUT)
            .executor(task -> Thread.ofVirtual().name("control-plane").start(task))
            .build());
  }

  private static SSLContext trusting(Path authorities) throws IOException {
    try (var in = Files.newInputStream(authorities)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, ca);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(authorities + " holds no usable certificates: " + e.getMessage(), e);
    }
  }

  /// Returns when the server says that it is ready.
  public void awaitReady() throws IOException {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (true) {
      try {
        call("GET", "/health/ready", null);
        return;
      } catch (ApiFailure e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  /// Saves a profile that differs from the one for devices in its life.
  public void saveProfile(String name, Duration life, Duration backdate) throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.put("like", "device");
    body.put("life_seconds", life.toSeconds());
    body.put("backdate_seconds", backdate.toSeconds());
    call("PUT", "/api/v1/profiles/" + name, body);
  }

  /// Makes the class, unless it is there with the same facts.
  public void ensureClass(String name, String profile, Duration longestSilence, Duration settling)
      throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.put("name", name);
    body.put("profile", profile);
    body.put("longest_silence_seconds", longestSilence.toSeconds());
    body.put("settling_seconds", settling.toSeconds());
    call("POST", "/api/v1/classes", body);
  }

  public void register(String device, String deviceClass, String owner) throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.put("id", device);
    body.put("class", deviceClass);
    body.put("owner", owner);
    body.put("environment", "lab");
    call("POST", "/api/v1/devices", body);
  }

  /// Makes an enrolment token. It is shown this once.
  public String enrolmentToken(String device, Duration life) throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.put("life_seconds", life.toSeconds());
    JsonNode answer = call("POST", "/api/v1/devices/" + encoded(device) + "/tokens", body);
    return answer.path("token").asString();
  }

  public void scrap(String device, String reason) throws IOException {
    ObjectNode body = JSON.createObjectNode();
    body.put("reason", reason);
    call("POST", "/api/v1/devices/" + encoded(device) + "/scrap", body);
  }

  /// The ids of all devices of this owner in this state.
  public List<String> devices(String owner, String state) throws IOException {
    String list = "/api/v1/devices?owner=" + encoded(owner) + "&state=" + state + "&limit=" + PAGE;
    List<String> found = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = call("GET", list + after, null);
      page.path("items").forEach(device -> found.add(device.path("id").asString()));
      JsonNode next = page.path("next");
      after = next.isString() ? "&after=" + encoded(next.asString()) : "";
    } while (!after.isEmpty());
    return found;
  }

  @Override
  public Map<Fingerprint, Optional<String>> judge(Collection<Fingerprint> certificates)
      throws IOException {
    Map<Fingerprint, Optional<String>> verdicts = new HashMap<>();
    List<Fingerprint> asked = List.copyOf(certificates);
    for (int from = 0; from < asked.size(); from += PAGE) {
      ObjectNode body = JSON.createObjectNode();
      ArrayNode some = body.putArray("certificates");
      asked
          .subList(from, Math.min(asked.size(), from + PAGE))
          .forEach(certificate -> some.add(certificate.hex()));
      for (JsonNode item : call("POST", "/api/v1/credentials/judge", body).path("items")) {
        boolean admitted = item.path("admitted").asBoolean();
        verdicts.put(
            Fingerprint.parse(item.path("certificate").asString()),
            admitted ? Optional.empty() : Optional.of(item.path("code").asString()));
      }
    }
    return verdicts;
  }

  /// What is no JSON: the metrics, for one.
  public String text(String path) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT).build();
    try {
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException stopped = new InterruptedIOException("stopped while waiting");
      stopped.initCause(e);
      throw stopped;
    }
  }

  /// Any other call, with its path under the server's root.
  ///
  /// @return the answer's object; every other answer than a success is an exception
  public JsonNode call(String method, String path, @Nullable JsonNode body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json");
    if (body == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofString(body.toString()));
    }
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException stopped = new InterruptedIOException("stopped while waiting");
      stopped.initCause(e);
      throw stopped;
    }
    if (answer.statusCode() / 100 != 2) {
      throw new ApiFailure(method + " " + path, answer.statusCode(), answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /// An answer of the API that is not a success.
  public static final class ApiFailure extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String body;

    ApiFailure(String call, int status, String body) {
      super(call + ": " + status + " " + body.strip());
      this.status = status;
      this.body = body;
    }

    public int status() {
      return status;
    }

    public boolean says(Refusal refusal) {
      return body.contains('"' + refusal.code() + '"');
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
