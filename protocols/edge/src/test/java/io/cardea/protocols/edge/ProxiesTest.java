package io.cardea.protocols.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.testing.NeedsTool;
import io.cardea.protocols.edge.Proxies.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is believed of proxies, and that nothing is believed of others.
class ProxiesTest {
  private static final String GET = "GET /whoami HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final Proxies LOOPBACK =
      new Proxies(List.of(new Network("127.0.0.0/8"), new Network("::1/128")), Set.of(), false);

  private final RecordedEvents events = new RecordedEvents();
  private Optional<EdgeServer> server = Optional.empty();

  @AfterEach
  void stop() {
    server.ifPresent(EdgeServer::close);
  }

  private int port() {
    return server.orElseThrow().port();
  }

  private static EdgeResponse whoami(EdgeRequest request) {
    Peer peer = request.peer();
    return EdgeResponse.text(
        200,
        peer.remoteAddress().getAddress().getHostAddress()
            + " "
            + peer.certificate().map(ClientCertificate::sha256Hex).orElse("anonymous")
            + (peer.isJudged() ? " judged" : ""));
  }

  private static Routes routes() {
    return Routes.builder().route("GET", "/whoami", ProxiesTest::whoami).build();
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /// §2 of the PROXY protocol's specification, on a listener without TLS so that bytes can be seen.
  @Nested
  class PassThrough {
    @Test
    void section2_2_source_isWhoTheHeaderNames() throws Exception {
      start(LOOPBACK, EdgeLimits.defaults());

      assertThat(ask(v2(0x21, 0x11, "cb007109 7f000001 1267 20fb") + GET))
          .isEqualTo("203.0.113.9 anonymous");
      assertThat(
              ask(
                  v2(
                          0x21,
                          0x21,
                          "20010db8000000000000000000000007" + "0".repeat(31) + "1 1267 20fb")
                      + GET))
          .isEqualTo("2001:db8:0:0:0:0:0:7 anonymous");
    }

    @Test
    void section2_1_versionOne_isReadToo() throws Exception {
      start(LOOPBACK, EdgeLimits.defaults());

      assertThat(ask("PROXY TCP4 203.0.113.9 127.0.0.1 4711 8443\r\n" + GET))
          .isEqualTo("203.0.113.9 anonymous");
      assertThat(ask("PROXY UNKNOWN\r\n" + GET)).isEqualTo("127.0.0.1 anonymous");
    }

    @Test
    void section2_2_healthCheckOfTheProxy_isTheProxyItself() throws Exception {
      start(LOOPBACK, EdgeLimits.defaults());

      assertThat(ask(v2(0x20, 0x00, "") + GET)).isEqualTo("127.0.0.1 anonymous");
    }

    @Test
    void headerThatComesByteByByte_isReadAndWhatFollowsIsKept() throws Exception {
      start(LOOPBACK, EdgeLimits.defaults());
      try (RawClient client = new RawClient(port())) {
        String all = v2(0x21, 0x11, "cb007109 7f000001 1267 20fb") + GET;
        for (int i = 0; i < all.length(); i++) {
          client.send(all.substring(i, i + 1));
        }

        assertThat(client.read().body().strip()).isEqualTo("203.0.113.9 anonymous");
        assertThat(client.send(GET).read().body().strip()).isEqualTo("203.0.113.9 anonymous");
      }
    }

    @Test
    void connectionWithoutAHeader_isClosed() throws Exception {
      start(LOOPBACK, EdgeLimits.defaults());
      closed(GET);
      closed("PROXY TCP4 999.0.0.1 127.0.0.1 1 2\r\n" + GET);
      closed(v2(0x21, 0x12, "cb007109 7f000001 1267 20fb") + GET); // UDP
      closed(v2(0x31, 0x11, "cb007109 7f000001 1267 20fb") + GET); // version 3
      closed(v2(0x21, 0x11, "cb007109 7f000001 1267 20fb" + "04ffff" + "00".repeat(3_000)) + GET);

      // The end of a connection is told after the client saw it.
      assertThat(Eventually.holds(() -> events.failures.size() == 5)).isTrue();
      assertThat(events.failures).containsOnly(EdgeEvents.HandshakeFailure.PROXY_HEADER);
      assertThat(events.finished).isEmpty();
      Eventually.holds(() -> events.open.get() == 0);
    }

    @Test
    void headerThatDoesNotCome_isNotWaitedForLongerThanAHandshake() throws Exception {
      Duration ms = Duration.ofMillis(300);
      Duration usual = Duration.ofSeconds(30);
      start(LOOPBACK, EdgeLimits.defaults().withTimeouts(ms, usual, usual, usual, usual));
      closed("\r\n\r\n\0");
    }

    @Test
    void header_isBelievedOfNobodyElse() throws Exception {
      start(
          new Proxies(List.of(new Network("192.0.2.0/24")), Set.of(), false),
          EdgeLimits.defaults());

      assertThat(ask(GET)).isEqualTo("127.0.0.1 anonymous");
      try (RawClient client = new RawClient(port())) {
        client.send("PROXY TCP4 203.0.113.9 127.0.0.1 4711 8443\r\n" + GET);
        assertThat(client.read().status()).isEqualTo(400);
      }
    }

    @Test
    void limitOfConnections_isOfTheSourceAndNotOfTheProxy() throws Exception {
      start(LOOPBACK, EdgeLimits.defaults().withConnections(10, 1));
      try (RawClient one = new RawClient(port());
          RawClient again = new RawClient(port());
          RawClient other = new RawClient(port())) {
        one.send("PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n" + GET).read();
        other.send("PROXY TCP4 203.0.113.8 127.0.0.1 1 2\r\n" + GET).read();
        again.send("PROXY TCP4 203.0.113.9 127.0.0.1 3 2\r\n" + GET);

        assertThat(again.isClosed()).isTrue();
        assertThat(events.refusals).containsExactly(EdgeEvents.Limit.CONNECTIONS_PER_ADDRESS);
      }
      Eventually.holds(() -> events.open.get() == 0);
      assertThat(ask("PROXY TCP4 203.0.113.9 127.0.0.1 1 2\r\n" + GET)).startsWith("203.0.113.9");
    }

    private void start(Proxies proxies, EdgeLimits limits) throws IOException {
      server =
          Optional.of(
              EdgeServer.start(
                  EdgeConfig.plain(loopback(), limits).behind(proxies),
                  routes(),
                  events,
                  InstantSource.system()));
    }

    private String ask(String text) throws IOException {
      try (RawClient client = new RawClient(port())) {
        return client.send(text).read().body().strip();
      }
    }

    private void closed(String text) throws IOException {
      try (RawClient client = new RawClient(port())) {
        assertThat(client.send(text).isClosed()).as(text).isTrue();
      }
    }

    /// A binary header, as text of one byte a character.
    private static String v2(int versionAndCommand, int family, String hex) {
      byte[] rest = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
      String head = "\r\n\r\n\0\r\nQUIT\n" + (char) versionAndCommand + (char) family;
      return head
          + (char) (rest.length >> 8)
          + (char) (rest.length & 0xff)
          + new String(rest, StandardCharsets.ISO_8859_1);
    }
  }

  /// Real `curl` as the proxy, with a certificate that is pinned, and as a forger, with another.
  @Nested
  @NeedsTool({"openssl", "curl"})
  class Terminating {
    @TempDir Path directory;
    private Certificates certificates;

    @BeforeEach
    void make() throws Exception {
      certificates = new Certificates(directory).servers().clients();
    }

    @Test
    void rfc9440Section2_clientCert_isThePeerOfAPinnedProxy() throws Exception {
      start(false);
      String device = fingerprint("p384");

      assertThat(curl("self-signed", field("p384"))).isEqualTo("127.0.0.1 " + device + " judged");
      assertThat(curl("self-signed")).isEqualTo("127.0.0.1 anonymous judged");
    }

    @Test
    void rfc9440Section4_forgedField_isIgnored() throws Exception {
      start(false);

      assertThat(curl("rsa", field("p384"))).isEqualTo("127.0.0.1 " + fingerprint("rsa"));
      assertThat(curl("", field("p384"))).isEqualTo("127.0.0.1 anonymous");
    }

    @Test
    void rfc8941Section3_3_5_malformedField_isRefusedAndNotGuessedAt() throws Exception {
      start(false);
      String field = field("p384");

      assertThat(curl("self-signed", "Client-Cert: MIIB")).contains("byte sequence");
      assertThat(curl("self-signed", "Client-Cert: ::")).contains("byte sequence");
      assertThat(curl("self-signed", "Client-Cert: :%%%%:")).contains("byte sequence");
      assertThat(curl("self-signed", field, field)).contains("byte sequence");
    }

    @Test
    void proxyThatNeverResumes_mayBeAllowedToProve() throws Exception {
      start(true);

      assertThat(curl("self-signed", field("p384"))).isEqualTo("127.0.0.1 " + fingerprint("p384"));
    }

    private void start(boolean prove) throws Exception {
      TlsMaterial material = new TlsMaterial(certificates.chain("server-ec"));
      server =
          Optional.of(
              EdgeServer.start(
                  EdgeConfig.tls(loopback(), () -> material, EdgeLimits.defaults())
                      .behind(new Proxies(List.of(), Set.of(fingerprint("self-signed")), prove)),
                  routes(),
                  events,
                  InstantSource.system()));
    }

    private byte[] der(String name) throws Exception {
      return certificates.chain(name).certificates().getFirst().getEncoded();
    }

    private String fingerprint(String name) throws Exception {
      return new ClientCertificate(der(name)).sha256Hex();
    }

    private String field(String name) throws Exception {
      return "Client-Cert: :" + Base64.getEncoder().encodeToString(der(name)) + ":";
    }

    private String curl(String client, String... fields) throws Exception {
      List<String> command = new ArrayList<>(List.of("curl", "-sS", "--cacert", "server-ec.pem"));
      if (!client.isEmpty()) {
        command.addAll(List.of("--cert", client + ".pem", "--key", client + ".key"));
      }
      for (String field : fields) {
        command.addAll(List.of("-H", field));
      }
      command.add("https://localhost:" + port() + "/whoami");
      assertThat(Files.exists(directory)).isTrue();
      return Shell.run(directory, "", command.toArray(new String[0])).output().strip();
    }
  }

  @Test
  void proxies_areCheckedWhenNamed() throws IOException {
    server =
        Optional.of(
            EdgeServer.start(
                EdgeConfig.plain(loopback(), EdgeLimits.defaults()),
                routes(),
                events,
                InstantSource.system()));
    assertThatThrownBy(() -> new Network("10.0.0.1/99"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Proxies(List.of(), Set.of("AB"), false))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
