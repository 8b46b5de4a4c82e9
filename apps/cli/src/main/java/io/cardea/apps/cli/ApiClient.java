package io.cardea.apps.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls the API over TLS with one bearer token, trusting the authorities of one PEM file and
/// nobody else.
///
/// Each failure ends as a [CommandFailure]: what the server refused with its code and next step,
/// what could not be reached with what to look at.
final class ApiClient implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  static final int PAGE = 1_000;

  private final URI server;
  private final String token;
  private final HttpClient http;

  /// A page of a list.
  ///
  /// @param next the cursor of the page after it
  record Page(List<JsonNode> items, Optional<String> next) {}

  ApiClient(URI server, Path trusted, String token) throws CommandFailure {
    this.server = server;
    this.token = token;
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw CommandFailure.refused("The bearer token is empty or not plain ASCII.");
    }
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .sslContext(trusting(trusted))
            .build();
  }

  JsonNode get(String path, Map<String, String> query) throws CommandFailure {
    Map<String, List<String>> parameters = new HashMap<>();
    query.forEach((name, value) -> parameters.put(name, List.of(value)));
    return ask(path, parameters);
  }

  /// A parameter may be there several times.
  private JsonNode ask(String path, Map<String, List<String>> query) throws CommandFailure {
    String parameters =
        query.entrySet().stream()
            .flatMap(
                one -> one.getValue().stream().map(value -> one.getKey() + "=" + escaped(value)))
            .collect(Collectors.joining("&"));
    return send("GET", path + (parameters.isEmpty() ? "" : "?" + parameters), null);
  }

  Page page(String path, Map<String, List<String>> query) throws CommandFailure {
    JsonNode answer = ask(path, query);
    List<JsonNode> items = new ArrayList<>();
    answer.path("items").forEach(items::add);
    JsonNode next = answer.path("next");
    return new Page(items, next.isString() ? Optional.of(next.asString()) : Optional.empty());
  }

  JsonNode post(String path, JsonNode body) throws CommandFailure {
    return send("POST", path, body);
  }

  JsonNode put(String path, JsonNode body) throws CommandFailure {
    return send("PUT", path, body);
  }

  /// A path below the API's root; each part is escaped.
  static String path(String... parts) {
    StringBuilder path = new StringBuilder("/api/v1");
    for (String part : parts) {
      path.append('/').append(escaped(part));
    }
    return path.toString();
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// What is no JSON.
  String text(String path) throws CommandFailure {
    HttpResponse<byte[]> response =
        send(
            HttpRequest.newBuilder(server.resolve(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token)
                .build());
    if (response.statusCode() / 100 != 2) {
      JsonNode _ = read(response.statusCode(), response.body());
    }
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private JsonNode send(String method, String pathAndQuery, @Nullable JsonNode body)
      throws CommandFailure {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(pathAndQuery))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json, application/problem+json");
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }
    HttpResponse<byte[]> response = send(request.build());
    return read(response.statusCode(), response.body());
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws CommandFailure {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw CommandFailure.unreachable(
          "Cannot reach " + server + ": " + reason(e) + "\n" + advice(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.unreachable("Interrupted while waiting for " + server);
    }
  }

  private JsonNode read(int status, byte[] body) throws CommandFailure {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JacksonException e) {
      answer = JSON.missingNode();
    }
    if (status / 100 == 2 && answer.isObject()) {
      return answer;
    }
    if (!answer.path("code").isString()) {
      throw CommandFailure.unreachable(
          server
              + " answered "
              + status
              + " and nothing that this command understands. Is it Cardea's API?");
    }
    throw status == 503 || status == 429
        ? CommandFailure.notNow(problem(answer))
        : CommandFailure.refused(problem(answer));
  }

  private static String problem(JsonNode problem) {
    StringBuilder text = new StringBuilder("Refused (");
    text.append(problem.path("code").asString()).append("): ");
    text.append(problem.path("title").asString(""));
    for (String field : List.of("detail", "next_step")) {
      String value = problem.path(field).asString("");
      if (!value.isEmpty()) {
        text.append('\n').append(field.equals("detail") ? "Here: " : "Next: ").append(value);
      }
    }
    return text.toString().lines().map(Table::harmless).collect(Collectors.joining("\n"));
  }

  private static String reason(IOException e) {
    if (e instanceof ConnectException) {
      return "nobody listens there";
    }
    if (e instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String advice(IOException e) {
    return e instanceof SSLException
        ? "Is the server's name in its tls.names, and --ca-file its authority's certificate?"
        : "Is it running (cardea server), and is --server its api.listen?";
  }

  private static SSLContext trusting(Path file) throws CommandFailure {
    try (InputStream pem = Files.newInputStream(file)) {
      KeyStore authorities = KeyStore.getInstance("PKCS12");
      authorities.load(null, null);
      int number = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        authorities.setCertificateEntry("authority-" + number++, authority);
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(authorities);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw CommandFailure.refused(
          "No authority to trust: "
              + file
              + " cannot be read. Give --ca-file or --data-directory, or set CARDEA_CA_FILE.");
    } catch (GeneralSecurityException e) {
      throw CommandFailure.refused(file + " holds no certificate in PEM: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
