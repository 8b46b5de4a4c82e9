package io.cardea.apps.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Date;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// An HTTPS server that knows the API's document and nothing else: what the document does not have,
/// it answers with 599. Its answers are given to it beforehand, and it remembers what it was asked.
final class ContractServer implements AutoCloseable {
  static final String TOKEN = "planted-token";

  /// What was asked.
  ///
  /// @param operation the document's name for it
  record Asked(String operation, String method, URI uri, String body) {}

  /// What to answer.
  record Answer(int status, String body) {}

  private static final JsonNode DOCUMENT = document();

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final HttpsServer server;
  private final Path authority;

  ContractServer(Path folder) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair key = generator.generateKeyPair();
    X509Certificate certificate = certificate(key);
    authority = folder.resolve("ca.pem");
    Files.writeString(
        authority,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(key, certificate)));
    server.createContext("/", this::handle);
    server.start();
  }

  URI url() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
  }

  Path authority() {
    return authority;
  }

  void answers(int status, String body) {
    answers.add(new Answer(status, body));
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /// The operations that the document has for holders of a token.
  static List<String> operations() {
    return DOCUMENT
        .path("paths")
        .valueStream()
        .flatMap(JsonNode::valueStream)
        .filter(operation -> !operation.has("security"))
        .map(operation -> operation.path("operationId").asString(""))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String operation =
          operation(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath());
      asked.add(new Asked(operation, exchange.getRequestMethod(), exchange.getRequestURI(), body));
      Answer answer = answers.poll();
      if (!("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        answer = new Answer(401, "{\"code\":\"authentication-required\"}");
      } else if (operation.isEmpty() || answer == null) {
        answer = new Answer(599, "not in the document, or no answer is left");
      }
      byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(answer.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String operation(String method, String path) {
    return DOCUMENT
        .path("paths")
        .propertyStream()
        .filter(entry -> path.matches(entry.getKey().replaceAll("\\{\\w+}", "[^/]+")))
        .map(entry -> entry.getValue().path(method.toLowerCase(java.util.Locale.ROOT)))
        .map(operation -> operation.path("operationId").asString(""))
        .findFirst()
        .orElse("");
  }

  private static JsonNode document() {
    try (InputStream yaml =
        Cardea.class.getResourceAsStream("/io/cardea/apps/server/api/openapi.yaml")) {
      return JsonMapper.shared().valueToTree(new YAMLMapper().readTree(yaml));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static X509Certificate certificate(KeyPair key) throws Exception {
    X500Name name = new X500Name("CN=localhost");
    Instant now = Instant.EPOCH.plus(Duration.ofDays(365 * 50));
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.ONE,
                    Date.from(now),
                    Date.from(now.plus(Duration.ofDays(365 * 50))),
                    name,
                    key.getPublic())
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
  }

  private static SSLContext context(KeyPair key, X509Certificate certificate) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("server", key.getPrivate(), new char[0], new Certificate[] {certificate});
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
