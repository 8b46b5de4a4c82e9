package io.cardea.protocols.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Strangers who misbehave, and the end of the day: the others keep their service.
class EdgeBadDaysTest {
  /// Far longer than what is waited for takes on any machine.
  private static final Duration DRAIN = Duration.ofSeconds(40);

  private static final String GET = " HTTP/1.1\r\nHost: x\r\n\r\n";

  @TempDir Path directory;

  private final RecordedEvents events = new RecordedEvents();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private EdgeServer plain(EdgeLimits limits) throws Exception {
    return EdgeServer.start(
        EdgeConfig.plain(loopback(), limits), routes(), events, InstantSource.system());
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private Routes routes() {
    return Routes.builder()
        .immediate("GET", "/now", request -> EdgeResponse.text(200, "now"))
        .route("POST", "/body", request -> EdgeResponse.text(200, "" + request.body().length))
        .route("GET", "/large", r -> EdgeResponse.of(200).withBody("x/y", new byte[8_000_000]))
        .route("GET", "/slow", this::slow)
        .build();
  }

  private EdgeResponse slow(EdgeRequest request) {
    entered.countDown();
    try {
      return EdgeResponse.text(200, "slow " + released.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      return EdgeResponse.of(503);
    }
  }

  @Test
  @NeedsTool({"openssl", "curl"})
  void halfOpenConnections_doNotStopOthers() throws Exception {
    Certificates certificates = new Certificates(directory);
    certificates.ec("server-ec");
    TlsMaterial material = new TlsMaterial(certificates.chain("server-ec"));
    Duration patience =
        Duration.ofSeconds(8); // time to open them all, and to be served beside them
    EdgeLimits limits =
        EdgeLimits.defaults().withTimeouts(patience, patience, patience, patience, patience);
    List<RawClient> silent = new ArrayList<>();
    try (EdgeServer server =
        EdgeServer.start(
            EdgeConfig.tls(loopback(), () -> material, limits),
            routes(),
            events,
            InstantSource.system())) {
      for (int i = 0; i < 200; i++) {
        RawClient client = new RawClient(server.port());
        silent.add(i % 2 == 0 ? client : client.send("\u0016\u0003\u0001\u0001"));
      }
      assertThat(Eventually.holds(() -> events.open.get() == 200)).isTrue();
      assertThat(
              Shell.mustRun(
                  directory,
                  "curl",
                  "-sS",
                  "--cacert",
                  "server-ec.pem",
                  "https://localhost:" + server.port() + "/now"))
          .isEqualTo("now\n");
      assertThat(events.failures).as("timed out before somebody else was served").isEmpty();
      assertThat(Eventually.holds(() -> events.open.get() == 0)).isTrue();
      assertThat(events.failures).hasSize(200).containsOnly(EdgeEvents.HandshakeFailure.TIMEOUT);
    } finally {
      for (RawClient client : silent) {
        client.close();
      }
    }
  }

  @Test
  void slowBodies_takeNoOnesPlace() throws Exception {
    Duration patience = Duration.ofSeconds(4);
    EdgeLimits limits =
        EdgeLimits.defaults()
            .withTimeouts(patience, patience, patience, patience, patience)
            .withRequests(100, 2, 0);
    List<RawClient> slow = new ArrayList<>();
    try (EdgeServer server = plain(limits)) {
      for (int i = 0; i < 50; i++) {
        slow.add(
            new RawClient(server.port())
                .send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nab"));
      }
      try (RawClient client = new RawClient(server.port())) {
        client.send("POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(client.read().body()).isEqualTo("3\n");
      }
      for (RawClient client : slow) {
        assertThat(client.read().status()).isEqualTo(408);
      }
      assertThat(events.refusals).contains(EdgeEvents.Limit.REQUEST_TIME);
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  @Test
  void bodiesInTheMaking_shareOneBudget() throws Exception {
    EdgeLimits limits = EdgeLimits.defaults().withSizes(1024, 8192).withRequests(100, 2, 0);
    String half =
        "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 8192\r\n\r\n" + "x".repeat(8191);
    try (EdgeServer server = plain(limits);
        RawClient first = new RawClient(server.port()).send(half);
        RawClient second = new RawClient(server.port()).send(half)) {
      // Asking before both halves are read would take from them what they still need.
      assertThat(Eventually.holds(() -> server.dispatch().bodyBytesFree() <= 2)).isTrue();
      try (RawClient third = new RawClient(server.port())) {
        assertThat(third.send(half + "x").read().status()).isEqualTo(503);
      }
      assertThat(first.send("x").read().body()).isEqualTo("8192\n");
      assertThat(second.send("x").read().body()).isEqualTo("8192\n");
      try (RawClient again = new RawClient(server.port())) {
        assertThat(again.send(half + "x").read().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void tooManyInFlight_areToldToComeBack() throws Exception {
    try (EdgeServer server = plain(EdgeLimits.defaults().withRequests(100, 1, 0));
        RawClient first = new RawClient(server.port());
        RawClient second = new RawClient(server.port())) {
      first.send("GET /slow" + GET);
      assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
      RawClient.Answer answer = second.send("GET /slow" + GET).read();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.head()).contains("Retry-After: 2\r\n", "Cardea-Code: overloaded");
      assertThat(second.send("GET /now" + GET).read().status()).isEqualTo(200);
      released.countDown();
      assertThat(first.read().body()).isEqualTo("slow true\n");
      assertThat(second.send("GET /slow" + GET).read().status()).isEqualTo(200);
    }
  }

  @Test
  void connectionsFromOneAddress_areBounded() throws Exception {
    try (EdgeServer server = plain(EdgeLimits.defaults().withConnections(10, 2));
        RawClient first = new RawClient(server.port()).send("GET /now" + GET);
        RawClient second = new RawClient(server.port()).send("GET /now" + GET)) {
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(200);
      try (RawClient third = new RawClient(server.port())) {
        assertThat(third.isClosed()).isTrue();
      }
      assertThat(events.refusals).containsExactly(EdgeEvents.Limit.CONNECTIONS_PER_ADDRESS);
      first.hangUp();
      assertThat(Eventually.holds(() -> events.open.get() == 1)).isTrue();
      try (RawClient third = new RawClient(server.port())) {
        assertThat(third.send("GET /now" + GET).read().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void connectionsInAll_areBounded() throws Exception {
    try (EdgeServer server = plain(EdgeLimits.defaults().withConnections(1, 1));
        RawClient first = new RawClient(server.port()).send("GET /now" + GET)) {
      assertThat(first.read().status()).isEqualTo(200);
      try (RawClient second = new RawClient(server.port())) {
        assertThat(second.isClosed()).isTrue();
      }
      assertThat(events.refusals).containsExactly(EdgeEvents.Limit.CONNECTIONS);
    }
  }

  @Test
  void answerThatIsNotTaken_isGivenUp() throws Exception {
    Duration second = Duration.ofSeconds(1);
    EdgeLimits limits = EdgeLimits.defaults().withTimeouts(second, second, second, second, second);
    try (EdgeServer server = plain(limits);
        RawClient client = new RawClient(server.port())) {
      client.send("GET /large" + GET);
      assertThat(Eventually.holds(() -> events.refusals.contains(EdgeEvents.Limit.WRITE_TIME)))
          .isTrue();
      assertThat(Eventually.holds(() -> events.open.get() == 0)).isTrue();
    }
  }

  @Test
  void close_answersWhatIsInFlight() throws Exception {
    EdgeServer server =
        plain(EdgeLimits.defaults().withTimeouts(DRAIN, DRAIN, DRAIN, DRAIN, DRAIN));
    AtomicReference<Duration> took = new AtomicReference<>();
    try (RawClient busy = new RawClient(server.port());
        RawClient idle = new RawClient(server.port())) {
      assertThat(idle.send("GET /now" + GET).read().status()).isEqualTo(200);
      busy.send("GET /slow" + GET);
      assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
      Thread closing =
          Thread.ofPlatform()
              .start(() -> {
                long start = System.nanoTime();
                server.close();
                took.set(Duration.ofNanos(System.nanoTime() - start));
              });
      assertThat(idle.isClosed()).isTrue();
      released.countDown();
      RawClient.Answer answer = busy.read();
      assertThat(answer.body()).isEqualTo("slow true\n");
      assertThat(answer.head()).contains("Connection: close");
      closing.join(60_000);
      assertThat(took.get()).isLessThan(DRAIN);
    }
    assertThat(Eventually.holds(() -> events.open.get() == 0)).isTrue();
  }

  @Test
  void close_doesNotWaitForEver() throws Exception {
    EdgeServer server =
        plain(
            EdgeLimits.defaults().withTimeouts(DRAIN, DRAIN, DRAIN, DRAIN, Duration.ofMillis(200)));
    try (RawClient busy = new RawClient(server.port())) {
      busy.send("GET /slow" + GET);
      assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
      long start = System.nanoTime();
      server.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DRAIN);
      assertThat(busy.isClosed()).isTrue();
    }
  }
}
