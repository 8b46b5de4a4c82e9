package io.cardea.protocols.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What goes over a plain connection, byte for byte.
class EdgeHttpTest {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-01T08:09:07Z"));
  private static final String GET = " HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final RecordedEvents events = new RecordedEvents();
  private static final CountDownLatch slow = new CountDownLatch(1);
  private static EdgeServer server;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    Duration patience = Duration.ofSeconds(4);
    EdgeLimits limits =
        EdgeLimits.defaults()
            .withTimeouts(patience, patience, Duration.ofMinutes(1), patience, patience)
            .withSizes(2048, 4096)
            .withRequests(20, 8, 0);
    Routes routes =
        Routes.builder()
            .route("GET", "/echo/{path...}", EdgeHttpTest::path)
            .immediate("GET", "/now/{path...}", EdgeHttpTest::path)
            .route("POST", "/body", EdgeHttpTest::body)
            .route("GET", "/none", request -> EdgeResponse.of(204))
            .route("GET", "/broken", EdgeHttpTest::broken)
            .route("GET", "/slow", EdgeHttpTest::slow)
            .build();
    server =
        EdgeServer.start(
            EdgeConfig.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits),
            routes,
            events,
            CLOCK);
  }

  @AfterAll
  static void stop() {
    slow.countDown();
    server.close();
  }

  private static EdgeResponse path(EdgeRequest request) {
    String text = request.rawPath() + "|" + request.rawQuery().orElse("-") + "|" + request.number();
    return EdgeResponse.text(200, text);
  }

  private static EdgeResponse body(EdgeRequest request) {
    return EdgeResponse.of(200).withBody("application/octet-stream", request.body());
  }

  private static EdgeResponse broken(EdgeRequest request) {
    throw new IllegalStateException("a planted defect");
  }

  private static EdgeResponse slow(EdgeRequest request) {
    try {
      boolean released = slow.await(10, TimeUnit.SECONDS);
      return EdgeResponse.text(200, "slow " + released);
    } catch (InterruptedException e) {
      return EdgeResponse.of(503);
    }
  }

  private static RawClient client() throws Exception {
    return new RawClient(server.port());
  }

  @Test
  void rawPath_arrivesAsSent() throws Exception {
    try (RawClient client = client()) {
      for (String path : new String[] {"/echo/a//b%2B+%2F==", "/now/a//b%2B+/../c"}) {
        client.send("GET " + path + "?q=1?2" + GET);
        assertThat(client.read().body()).startsWith(path + "|q=1?2|");
      }
    }
  }

  @Test
  void absoluteForm_losesItsAuthority() throws Exception {
    try (RawClient client = client()) {
      client.send("GET http://elsewhere:1/echo/a" + GET);
      assertThat(client.read().body()).startsWith("/echo/a|");
    }
  }

  @Test
  void answer_hasLengthAndDate_andIsNotChunked() throws Exception {
    try (RawClient client = client()) {
      String head = client.send("GET /echo/a" + GET).read().head();
      assertThat(head)
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("Content-Length: 12\r\n", "Date: Sun, 01 Nov 2026 08:09:07 GMT\r\n")
          .doesNotContain("Transfer-Encoding", "Connection:");
    }
  }

  @Test
  void pipelinedRequests_areAnsweredInOrder() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int i = 1; i <= 10; i++) {
      all.append(i % 2 == 0 ? "GET /now/" : "GET /echo/").append(i).append(GET);
    }
    try (RawClient client = client()) {
      client.send(all.toString());
      for (int i = 1; i <= 10; i++) {
        assertThat(client.read().body()).endsWith("/" + i + "|-|" + i + "\n");
      }
    }
  }

  @Test
  void secondRequest_waitsForTheFirst() throws Exception {
    int before = events.finished.size();
    try (RawClient client = client()) {
      client.send("GET /slow" + GET + "GET /now/second" + GET);
      assertThat(events.finished.stream().skip(before)).noneMatch(line -> line.contains("/now"));
      slow.countDown();
      assertThat(client.read().body()).isEqualTo("slow true\n");
      assertThat(client.read().body()).startsWith("/now/second|-|2");
    }
  }

  @Test
  void head_hasTheLengthAndNoBody() throws Exception {
    try (RawClient client = client()) {
      client.send("HEAD /echo/a" + GET);
      assertThat(client.readHead()).contains("Content-Length: 12\r\n");
      assertThat(client.send("GET /now/b" + GET).read().body()).startsWith("/now/b|");
    }
  }

  @Test
  void noContent_hasNoLength() throws Exception {
    try (RawClient client = client()) {
      assertThat(client.send("GET /none" + GET).readHead())
          .startsWith("HTTP/1.1 204")
          .doesNotContain("Content-Length");
    }
  }

  @Test
  void unknownPathAndMethod_areToldApart() throws Exception {
    try (RawClient client = client()) {
      RawClient.Answer unknown = client.send("GET /nowhere" + GET).read();
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.head()).contains("Cardea-Code: not-found");
      RawClient.Answer wrong = client.send("GET /body" + GET).read();
      assertThat(wrong.status()).isEqualTo(405);
      assertThat(wrong.head()).contains("Allow: POST\r\n");
    }
  }

  @Test
  void strayLineEnds_areTolerated() throws Exception {
    try (RawClient client = client()) {
      client.send("\r\nPOST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("ab");
      assertThat(client.send("GET /now/x" + GET).read().status()).isEqualTo(200);
    }
  }

  @Test
  void chunkedBody_isJoined() throws Exception {
    try (RawClient client = client()) {
      client.send("POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("3\r\nabc\r\n").send("2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("abcde");
    }
  }

  @Test
  void chunkedBody_isBounded() throws Exception {
    String chunk = "400\r\n" + "x".repeat(1024) + "\r\n";
    try (RawClient client = client()) {
      client.send("POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send(chunk.repeat(5));
      assertThat(client.read().status()).isEqualTo(413);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void announcedBody_isRefusedBeforeItIsSent() throws Exception {
    try (RawClient client = client()) {
      client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4097\r\n\r\n");
      RawClient.Answer answer = client.read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.head()).contains("Connection: close", "Cardea-Code: request-too-large");
      assertThat(client.isClosed()).isTrue();
    }
    assertThat(events.refusals).contains(EdgeEvents.Limit.BODY_SIZE);
  }

  @Test
  @NeedsTool("curl")
  void curlWithTooMuch_readsTheAnswer() throws Exception {
    Path file = directory.resolve("large");
    Files.write(file, new byte[300_000]);
    Shell.Result result =
        Shell.run(
            directory,
            "",
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "-H",
            "Expect:",
            "--data-binary",
            "@" + file,
            "http://127.0.0.1:" + server.port() + "/body");
    assertThat(result.output()).isEqualTo("413");
  }

  @Test
  void expectation_isMetBeforeTheBody() throws Exception {
    try (RawClient client = client()) {
      client.send(
          "POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(client.send("ab").read().body()).isEqualTo("ab");
    }
  }

  @Test
  void longHeader_isRefused() throws Exception {
    try (RawClient client = client()) {
      client.send("GET /now/a HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(3000) + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(431);
      assertThat(client.isClosed()).isTrue();
    }
    try (RawClient client = client()) {
      client.send("GET /now/" + "a".repeat(3000) + GET);
      assertThat(client.read().status()).isEqualTo(431);
    }
  }

  @Test
  void ambiguousMessages_areRefused() throws Exception {
    String post = "POST /body HTTP/1.1\r\nHost: x\r\n";
    for (String message :
        new String[] {
          post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
          post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
          post + "Content-Length: -1\r\n\r\n",
          post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
          "GET /now/a HTTP/1.1\r\n\r\n",
          "GET /now/a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
          "GET /now/a HTTP/1.1\r\nHost : x\r\n\r\n",
          "nonsense\r\n\r\n",
          "\0\1\2\3\r\n\r\n"
        }) {
      try (RawClient client = client()) {
        assertThat(client.send(message).read().status()).as(message).isEqualTo(400);
        assertThat(client.isClosed()).as(message).isTrue();
      }
    }
  }

  @Test
  void otherTransferCodings_areRefused() throws Exception {
    try (RawClient client = client()) {
      client.send("POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
      assertThat(client.read().status()).isIn(400, 501);
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void oldVersion_closesUnlessAskedToStay() throws Exception {
    try (RawClient client = client()) {
      client.send("GET /now/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.read().head()).contains("Connection: keep-alive");
      client.send("GET /now/a HTTP/1.0\r\n\r\n");
      assertThat(client.read().head()).contains("Connection: close");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void closeOption_isObeyed() throws Exception {
    try (RawClient client = client()) {
      client.send("GET /now/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(client.read().head()).contains("Connection: close");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void connection_endsAfterItsLastRequest() throws Exception {
    try (RawClient client = client()) {
      for (int i = 1; i < 20; i++) {
        assertThat(client.send("GET /now/a" + GET).read().head()).doesNotContain("Connection:");
      }
      assertThat(client.send("GET /now/a" + GET).read().head()).contains("Connection: close");
      assertThat(client.isClosed()).isTrue();
    }
  }

  @Test
  void defect_isAnsweredWithoutDetails() throws Exception {
    try (RawClient client = client()) {
      RawClient.Answer answer = client.send("GET /broken" + GET).read();
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.head() + answer.body()).doesNotContain("planted", "Exception");
      assertThat(client.send("GET /now/a" + GET).read().status()).isEqualTo(200);
    }
  }

  @Test
  void slowWriter_isAnsweredAndClosed() throws Exception {
    long start = System.nanoTime();
    try (RawClient client = client()) {
      client.send("GET /now/a HTTP/1.1\r\n");
      RawClient.Answer answer = client.read();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(client.isClosed()).isTrue();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
  }

  @Test
  void lineEndsAlone_doNotKeepAConnection() throws Exception {
    try (RawClient client = client()) {
      client.send("\r\n");
      assertThat(client.isClosed()).isTrue();
    }
  }
}
