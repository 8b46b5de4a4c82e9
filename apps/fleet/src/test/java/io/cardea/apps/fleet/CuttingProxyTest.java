package io.cardea.apps.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.protocols.edge.EdgeConfig;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.EdgeLimits;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.EdgeServer;
import io.cardea.protocols.edge.Routes;
import io.cardea.protocols.edge.TlsMaterial;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real TLS client through the proxy to the very edge that devices meet.
class CuttingProxyTest {
  private static final String PASSWORD = "nothing-secret";
  private static final String BODY = "x".repeat(40_000);

  @TempDir static Path directory;
  private static KeyStore identity;
  private static SSLContext client;

  private final AtomicInteger served = new AtomicInteger();
  private final List<Integer> asked = new CopyOnWriteArrayList<>();
  private volatile boolean cut;
  private EdgeServer server;
  private CuttingProxy proxy;

  @BeforeAll
  static void makeIdentity() throws Exception {
    Path file = directory.resolve("identity.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "both",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    identity = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      identity.load(in, PASSWORD.toCharArray());
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    KeyStore anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("server", identity.getCertificate("both"));
    trust.init(anchors);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(identity, PASSWORD.toCharArray());
    client = SSLContext.getInstance("TLS");
    client.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
  }

  @BeforeEach
  void start() throws Exception {
    TlsMaterial material =
        new TlsMaterial(
            new TlsMaterial.Chain(
                (PrivateKey) identity.getKey("both", PASSWORD.toCharArray()),
                List.of((X509Certificate) identity.getCertificate("both"))));
    server =
        EdgeServer.start(
            EdgeConfig.tls(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                () -> material,
                EdgeLimits.defaults()),
            Routes.builder()
                .route("POST", "/", this::serve)
                .route("POST", "/much", this::serveMuch)
                .build(),
            EdgeEvents.NONE,
            InstantSource.system());
    proxy =
        CuttingProxy.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
            length -> {
              asked.add(length);
              return cut;
            });
  }

  private EdgeResponse serve(EdgeRequest request) {
    served.incrementAndGet();
    boolean proven = request.peer().certificate().isPresent();
    return EdgeResponse.text(200, proven ? "somebody" : "nobody");
  }

  private EdgeResponse serveMuch(EdgeRequest request) {
    served.incrementAndGet();
    return EdgeResponse.text(200, BODY);
  }

  @AfterEach
  void stop() {
    proxy.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void answer_passesWhenItIsNotCut_andTheHandshakeWithIt(String version) throws Exception {
    try (SSLSocket socket = connect(version)) {
      assertThat(exchange(socket, "/", "hello")).contains("200 OK").contains("somebody");
    }
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void answer_isCutBeforeItsFirstByte_andAfterTheServerHasServed(String version) throws Exception {
    cut = true;
    try (SSLSocket socket = connect(version)) {
      assertThatThrownBy(() -> exchange(socket, "/", "hello")).isInstanceOf(IOException.class);
    }
    assertThat(served).hasValue(1);
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void handshakeAlone_isNeverCut(String version) throws Exception {
    cut = true;
    try (SSLSocket socket = connect(version)) {
      assertThat(socket.getSession().isValid()).isTrue();
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void eachAnswerOfAConnection_isAskedForOnce(String version) throws Exception {
    try (SSLSocket socket = connect(version)) {
      exchange(socket, "/", "one");
      assertThat(exchange(socket, "/much", "two, in many records")).contains(BODY);
      cut = true;
      assertThatThrownBy(() -> exchange(socket, "/", "three")).isInstanceOf(IOException.class);
    }
    assertThat(served).hasValue(3);
    assertThat(asked).hasSize(3);
    assertThat(asked.get(1)).as("length of a long answer's first record").isGreaterThan(1_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u00ff\u00ff"})
  void strangerWhoSpeaksNoTls_isHungUpOn(String bytes) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(ended(socket)).isTrue();
    }
  }

  private static boolean ended(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private SSLSocket connect(String version) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(10_000);
    socket.setEnabledProtocols(new String[] {version});
    socket.startHandshake();
    return socket;
  }

  private static String exchange(SSLSocket socket, String path, String body) throws IOException {
    String request =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n";
    // Two records, as a client may send head and body.
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended after " + head.length() + " characters");
      }
      head.append((char) next);
    }
    String field = "Content-Length: ";
    int at = head.indexOf(field) + field.length();
    int length = Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
    return head + new String(in.readNBytes(length), StandardCharsets.US_ASCII);
  }
}
