package io.cardea.protocols.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cardea.life.testing.NeedsTool;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Real `curl` and `openssl s_client` against both TLS engines.
@NeedsTool({"openssl", "curl"})
@ParameterizedClass
@EnumSource(
    value = SslProvider.class,
    names = {"OPENSSL_REFCNT", "JDK"})
class EdgeTlsTest {

  private static final String CLOSING_GET =
      "GET /whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  @TempDir static Path directory;
  private static Certificates certificates;

  private final SslProvider provider;

  private final RecordedEvents events = new RecordedEvents();
  private final AtomicReference<TlsMaterial> material = new AtomicReference<>();
  private EdgeServer server;

  EdgeTlsTest(SslProvider provider) {
    this.provider = provider;
  }

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = new Certificates(directory).servers().clients();
  }

  @AfterAll
  static void nothingIsLeft() {
    assertThat(OpenSsl.isAvailable()).as("BoringSSL, which is what devices meet").isTrue();
  }

  @BeforeEach
  void start() throws Exception {
    assumeTrue(provider == SslProvider.JDK || OpenSsl.isAvailable());
    material.set(
        new TlsMaterial(certificates.chain("server-ec"), certificates.chain("server-rsa")));
    InetSocketAddress bind = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        EdgeServer.start(
            EdgeConfig.tls(bind, material::get, EdgeLimits.defaults()),
            Routes.builder().route("GET", "/whoami", EdgeTlsTest::whoami).build(),
            events,
            InstantSource.system(),
            provider);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static EdgeResponse whoami(EdgeRequest request) {
    Peer peer = request.peer();
    int seen = peer.attachment(Integer.class).orElse(0);
    peer.attach(seen + 1);
    return EdgeResponse.text(
        200,
        peer.certificate().map(ClientCertificate::sha256Hex).orElse("anonymous")
            + " "
            + peer.tls().map(Peer.Tls::protocol).orElse("plain")
            + " "
            + request.number()
            + " "
            + seen);
  }

  private String url() {
    return "https://localhost:" + server.port() + "/whoami";
  }

  private String curl(String client, String version) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--cacert", "server-ec.pem"));
    command.addAll(List.of("--tlsv" + version, "--tls-max", version));
    if (!client.isEmpty()) {
      command.addAll(List.of("--cert", client + ".pem", "--key", client + ".key"));
    }
    command.addAll(List.of(url(), url()));
    return Shell.run(directory, "", command.toArray(new String[0])).output();
  }

  private Shell.Result s_client(String input, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-ign_eof", "-connect"));
    command.add("localhost:" + server.port());
    command.addAll(List.of(options));
    return Shell.run(directory, input, command.toArray(new String[0]));
  }

  @Test
  void everyReadableCertificate_reachesTheHandler() throws Exception {
    for (String client : new String[] {"self-signed", "p384", "rsa", "of-unknown-ca", "expired"}) {
      String print = certificates.fingerprint(client);
      for (String version : new String[] {"1.2", "1.3"}) {
        assertThat(curl(client, version))
            .as(client + " over TLS " + version)
            .isEqualTo(print + " TLSv" + version + " 1 0\n" + print + " TLSv" + version + " 2 1\n");
      }
    }
    assertThat(events.handshakes).hasSize(10);
  }

  @Test
  void noCertificate_isAnonymous() throws Exception {
    assertThat(curl("", "1.3")).startsWith("anonymous TLSv1.3 1 0\n");
    assertThat(curl("", "1.2")).startsWith("anonymous TLSv1.2 1 0\n");
  }

  @Test
  void certificateThatTheEngineCannotRead_isAnonymous() throws Exception {
    String who = provider == SslProvider.JDK ? certificates.fingerprint("ed25519") : "anonymous";
    assertThat(curl("ed25519", "1.3")).startsWith(who + " TLSv1.3 1 0\n");
  }

  @Test
  void blockCiphers_areRefused() throws Exception {
    Shell.Result refused =
        s_client(
            CLOSING_GET, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES256-SHA384");
    assertThat(refused.output()).contains("handshake failure").doesNotContain("anonymous");
    assertThat(Eventually.holds(() -> !events.failures.isEmpty())).isTrue();
    assertThat(events.failures).containsOnly(EdgeEvents.HandshakeFailure.PROTOCOL);
  }

  @Test
  void staticKeyExchange_isRefused() throws Exception {
    assertThat(s_client(CLOSING_GET, "-tls1_2", "-cipher", "AES128-GCM-SHA256").output())
        .contains("handshake failure");
  }

  @Test
  void oldVersions_areRefused() throws Exception {
    assertThat(s_client(CLOSING_GET, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0").output())
        .contains("alert")
        .doesNotContain("anonymous");
  }

  @Test
  void noTicketAndNoSession_isOffered() throws Exception {
    String modern = s_client(CLOSING_GET, "-tls1_3", "-msg").output();
    assertThat(modern).contains("anonymous TLSv1.3").doesNotContain("NewSessionTicket");
    assertThat(modern).doesNotContain("New Session Ticket arrived");
    String older = s_client(CLOSING_GET, "-tls1_2", "-msg").output();
    assertThat(older).contains("anonymous TLSv1.2").doesNotContain("NewSessionTicket");
  }

  @Test
  void reconnecting_isAlwaysAFullHandshake() throws Exception {
    Shell.Result result =
        Shell.run(
            directory,
            "",
            "openssl",
            "s_client",
            "-connect",
            "localhost:" + server.port(),
            "-tls1_2",
            "-reconnect",
            "-cert",
            "self-signed.pem",
            "-key",
            "self-signed.key");
    assertThat(result.output()).contains("New, TLSv1.2").doesNotContain("Reused, TLSv1.2");
    assertThat(Eventually.holds(() -> events.handshakes.size() == 6)).isTrue();
    assertThat(events.handshakes).allMatch(peer -> peer.certificate().isPresent());
  }

  @Test
  void certificateRequest_namesNoAuthorities() throws Exception {
    for (String version : new String[] {"-tls1_2", "-tls1_3"}) {
      assertThat(s_client(CLOSING_GET, version).output())
          .contains("No client certificate CA names sent")
          .contains("Requested Signature Algorithms");
    }
  }

  @Test
  void eachClient_getsTheChainThatItCanVerify() throws Exception {
    assertThat(s_client(CLOSING_GET, "-tls1_3", "-sigalgs", "ECDSA+SHA256").output())
        .contains("CN = server-ec");
    assertThat(s_client(CLOSING_GET, "-tls1_3", "-sigalgs", "RSA-PSS+SHA256").output())
        .contains("CN = server-rsa");
    assertThat(s_client(CLOSING_GET, "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256").output())
        .contains("CN = server-rsa");
    assertThat(s_client(CLOSING_GET, "-tls1_3").output()).contains("CN = server-ec");
    assertThat(s_client(CLOSING_GET, "-tls1_2").output()).contains("CN = server-ec");
  }

  @Test
  void noServerNameAndNoProtocolNegotiation_areNeeded() throws Exception {
    assertThat(s_client(CLOSING_GET, "-tls1_2", "-noservername").output()).contains("anonymous");
  }

  @Test
  void newMaterial_isUsedByTheNextConnection() throws Exception {
    certificates.ec("server-next");
    assertThat(s_client(CLOSING_GET).output()).contains("CN = server-ec");
    material.set(new TlsMaterial(certificates.chain("server-next")));
    assertThat(s_client(CLOSING_GET).output()).contains("CN = server-next");
  }

  @Test
  void keyOfAnotherCertificate_isRefused() throws Exception {
    TlsMaterial.Chain good = certificates.chain("server-ec");
    for (String other : new String[] {"server-rsa", "self-signed"}) {
      PrivateKey key = certificates.chain(other).key();
      assertThatThrownBy(() -> new TlsMaterial.Chain(key, good.certificates()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void plainHttp_isToldApart() throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      client.send("GET /whoami HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(Eventually.holds(() -> !events.failures.isEmpty())).isTrue();
    }
    assertThat(events.failures).containsExactly(EdgeEvents.HandshakeFailure.NOT_TLS);
    assertThat(Eventually.holds(() -> events.open.get() == 0)).isTrue();
  }

  @Test
  void hangUpInTheHandshake_isToldApart() throws Exception {
    try (RawClient client = new RawClient(server.port())) {
      client.send("\u0016\u0003\u0001");
    }
    assertThat(Eventually.holds(() -> !events.failures.isEmpty())).isTrue();
    assertThat(events.failures).containsExactly(EdgeEvents.HandshakeFailure.CLOSED);
  }

  @Test
  void certificateThatIsTooLong_endsTheHandshake() throws Exception {
    StringBuilder names = new StringBuilder("subjectAltName=DNS:localhost");
    for (int i = 0; i < 700; i++) {
      names.append(",DNS:a-rather-long-name-").append(i).append(".example");
    }
    Shell.mustRun(
        directory,
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-subj",
        "/CN=long",
        "-addext",
        names.toString(),
        "-keyout",
        "long.key",
        "-out",
        "long.pem");
    assertThat(certificates.certificate("long").getEncoded().length).isGreaterThan(16 * 1024);
    assertThat(curl("long", "1.2")).doesNotContain("TLSv1");
  }

  @Test
  void rfc8446Section6_2_alertOfTheClient_isToldWithItsName() throws Exception {
    for (String version : new String[] {"1.2", "1.3"}) {
      events.told.clear();
      Shell.run(
          directory,
          "",
          "curl",
          "-sS",
          "--cacert",
          "unknown-ca.pem",
          "--tlsv" + version,
          "--tls-max",
          version,
          url());

      assertThat(Eventually.holds(() -> !events.told.isEmpty())).as(version).isTrue();
      FailedHandshake failed = events.told.remove();
      assertThat(failed.reason()).as(version).isEqualTo(EdgeEvents.HandshakeFailure.ALERT);
      assertThat(failed.detail()).as(version).isEqualTo("unknown_ca");
      assertThat(failed.source().isLoopbackAddress()).isTrue();
      assertThat(failed.certificate()).isEmpty();
    }
  }

  @Test
  void rfc8446Section4_4_3_certificateOfAnothersKey_isRefusedAndTold() throws Exception {
    for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
      events.told.clear();

      assertThatThrownBy(() -> Thief.greet(certificates, server.port(), version))
          .as(version)
          .isInstanceOf(IOException.class);

      assertThat(Eventually.holds(() -> !events.told.isEmpty())).as(version).isTrue();
      FailedHandshake failed = events.told.remove();
      assertThat(failed.reason()).as(version).isEqualTo(EdgeEvents.HandshakeFailure.PROTOCOL);
      assertThat(failed.certificate().map(ClientCertificate::sha256Hex))
          .as(version + " " + failed.detail())
          .contains(certificates.fingerprint("self-signed"));
    }
  }

  @Test
  void overload_servesFirstWhoseCertificateExpiresFirst() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    EdgeHandler slow =
        request -> {
          order.add(request.peer().certificate().orElseThrow().sha256Hex());
          entered.countDown();
          try {
            boolean _ = go.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return EdgeResponse.text(200, "slow");
        };
    List<Process> clients = new ArrayList<>();
    List<String> asking = List.of("p384", "of-unknown-ca", "self-signed", "expired");
    try (EdgeServer busy =
        EdgeServer.start(
            EdgeConfig.tls(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                material::get,
                EdgeLimits.defaults().withRequests(100, 1, 10)),
            Routes.builder().route("GET", "/slow", slow).build(),
            events,
            InstantSource.system(),
            provider)) {
      for (String client : asking) {
        clients.add(
            new ProcessBuilder(
                    "curl",
                    "-sS",
                    "--cacert",
                    "server-ec.pem",
                    "--cert",
                    client + ".pem",
                    "--key",
                    client + ".key",
                    "https://localhost:" + busy.port() + "/slow")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start());
        int waiting = clients.size() - 1;
        assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Eventually.holds(() -> busy.dispatch().waiting() == waiting)).isTrue();
      }
      go.countDown();
      for (Process client : clients) {
        assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isZero();
      }
    }
    assertThat(order)
        .containsExactly(
            certificates.fingerprint("p384"),
            certificates.fingerprint("expired"),
            certificates.fingerprint("self-signed"),
            certificates.fingerprint("of-unknown-ca"));
  }
}
