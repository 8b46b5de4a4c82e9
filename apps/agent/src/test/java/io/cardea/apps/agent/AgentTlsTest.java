package io.cardea.apps.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import io.cardea.protocols.est.client.Admitted;
import io.cardea.protocols.est.client.CaCertificates;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.Later;
import io.cardea.protocols.est.client.RenewalInfo;
import io.cardea.protocols.est.client.TestAuthority;
import io.cardea.protocols.est.client.TestDoor;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The agent at a real TLS edge, on a real disk. The server's clock is ten years ahead of this
/// machine's, so every certificate here is of another time than the device's own.
class AgentTlsTest {
  private final Instant there = InstantSource.system().instant().plus(Duration.ofDays(3650));

  private final FakeServer server = new FakeServer(there);
  private final AtomicInteger garbled = new AtomicInteger();
  private final TestDoor door = new TestDoor(server.authority, there, routes());
  @TempDir private Path temporary = Path.of("");

  @AfterEach
  void close() {
    door.close();
  }

  private Routes.Builder routes() {
    return Routes.builder()
        .route("GET", "/.well-known/est/cacerts", _ -> cacerts())
        .route("POST", "/.well-known/est/simpleenroll", this::enrol)
        .route("POST", "/.well-known/est/simplereenroll", this::reenrol)
        .route("GET", "/.well-known/cardea/self", this::self)
        .route("GET", "/.well-known/cardea/renewal-info/{id}", _ -> window());
  }

  private EdgeResponse cacerts() {
    return server.authorities() instanceof CaCertificates known
        ? bag(known.certificates().toArray(new X509Certificate[0]))
        : EdgeResponse.of(500);
  }

  private EdgeResponse enrol(EdgeRequest request) {
    String[] login =
        new String(
                Base64.getDecoder()
                    .decode(request.headers().first("Authorization").orElseThrow().substring(6)),
                StandardCharsets.UTF_8)
            .split(":", 2);
    return answer(server.enrol(login[0], login[1], csr(request)));
  }

  private EdgeResponse reenrol(EdgeRequest request) {
    return answer(server.reenrol(shown(request), csr(request)));
  }

  private EdgeResponse self(EdgeRequest request) {
    return switch (server.self(shown(request))) {
      case Admitted(var device, var credential, var state) ->
          json(
              "{\"device\":\"%s\",\"credential\":\"%s\",\"state\":\"%s\"}"
                  .formatted(device, credential, state));
      case Later later -> later(later);
      case Declined declined -> declined(declined);
    };
  }

  private EdgeResponse window() {
    Duration start = Duration.ofSeconds(2);
    RenewalInfo info =
        new RenewalInfo(
            server.now, server.now.plusSeconds(9), java.util.Optional.empty(), Duration.ZERO);
    return json("""
    {"suggestedWindow":{"start":"%s","end":"%s"},
     "relative":{"start_seconds":%d,"end_seconds":%d}}\
    """
            .formatted(info.start(), info.end(), start.toSeconds(), start.toSeconds()))
        .withRetryAfter(Duration.ofMinutes(10));
  }

  private EdgeResponse answer(EnrolAnswer answer) {
    return switch (answer) {
      case Issued(var certificate) ->
          garbled.getAndUpdate(n -> Math.max(0, n - 1)) > 0
              ? EdgeResponse.text(200, "half an ans").withClose()
              : bag(certificate);
      case Later later -> later(later);
      case Declined declined -> declined(declined);
    };
  }

  private static EdgeResponse later(Later later) {
    return EdgeResponse.of(503).withRetryAfter(later.after());
  }

  private static EdgeResponse declined(Declined declined) {
    return EdgeResponse.text(declined.status(), declined.detail())
        .withHeader("Cardea-Code", declined.code());
  }

  private static EdgeResponse bag(X509Certificate... certificates) {
    return EdgeResponse.of(200)
        .withHeader("Content-Transfer-Encoding", "base64")
        .withBody(
            "application/pkcs7-mime",
            Base64.getEncoder().encode(TestAuthority.pkcs7(certificates)));
  }

  private static EdgeResponse json(String text) {
    return EdgeResponse.of(200).withBody("application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] csr(EdgeRequest request) {
    return Base64.getDecoder().decode(request.body());
  }

  private static X509Certificate shown(EdgeRequest request) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(request.peer().certificate().orElseThrow().der()));
    } catch (CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private AgentSettings settings(String id) {
    server.token(id, "token-of-" + id);
    return AgentSettings.of(new DeviceId(id), door.settings(), temporary.resolve(id))
        .withToken(TokenSource.of("token-of-" + id))
        .withPace(
            new RetryPace(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(2)));
  }

  @Test
  void fleet_enrolsAndRenewsWhileAnswersAreLost() throws Exception {
    int devices = 40;
    garbled.set(10);
    server.life = Duration.ofMinutes(1);
    CountDownLatch renewed = new CountDownLatch(devices);
    ConcurrentHashMap<String, Integer> confirmations = new ConcurrentHashMap<>();
    List<Agent> agents = new ArrayList<>();
    try {
      for (int i = 0; i < devices; i++) {
        String id = "device-" + i;
        AgentEvents events =
            event -> {
              if (event instanceof AgentEvent.Confirmed
                  && confirmations.merge(id, 1, Integer::sum) == 2) {
                renewed.countDown();
              }
            };
        Agent agent = Agent.open(settings(id), events, Surroundings.real());
        agents.add(agent);
        agent.start();
      }
      assertThat(renewed.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      agents.forEach(Agent::close);
    }

    assertThat(server.violations).isEmpty();
    assertThat(server.keys).hasSize(server.issued());
    assertThat(agents)
        .allSatisfy(agent ->
            assertThat(server.accepts(agent.shown().orElseThrow().certificate())).isTrue());
    awaitNoThreadOf("HttpClient");
  }

  /// Every client that was opened has let go of its thread.
  private static void awaitNoThreadOf(String name) throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(name)) {
        assertThat(thread.join(Duration.ofSeconds(30))).as(thread.getName()).isTrue();
      }
    }
  }

  @Test
  void newRootOfTheServer_isTrustedFromThenOn() throws Exception {
    TestAuthority next = new TestAuthority("Next root", there);
    server.moreAuthorities = List.of(next.root());
    AgentSettings settings = settings("pump-0001");
    try (Agent agent = Agent.open(settings, AgentEvents.NONE, Surroundings.real())) {
      while (agent.step().isZero()) {
        assertThat(agent.held()).hasSizeLessThan(3);
      }
    }
    assertThat(Identities.look(new PosixDisk(), settings.directory()).authorities())
        .contains(next.root());

    try (TestDoor moved = new TestDoor(next, there, routes())) {
      AgentSettings moves =
          AgentSettings.of(
              settings.device(),
              moved.settings().withAnchors(door.settings().anchors()),
              settings.directory());
      List<AgentEvent> events = new ArrayList<>();
      try (Agent agent = Agent.open(moves, events::add, Surroundings.real())) {
        agent.step();
      }
      assertThat(events).hasAtLeastOneElementOfType(AgentEvent.Planned.class);
    }
  }

  @Test
  void close_endsARequestUnderWay() throws Exception {
    try (java.net.ServerSocket silent =
        new java.net.ServerSocket(0, 5, java.net.InetAddress.getLoopbackAddress())) {
      AgentSettings settings =
          AgentSettings.of(
                  new DeviceId("pump-0002"),
                  new io.cardea.protocols.est.client.ConnectionSettings(
                      java.net.URI.create("https://localhost:" + silent.getLocalPort()),
                      door.settings().anchors()),
                  temporary.resolve("pump-0002"))
              .withToken(TokenSource.of("t"));
      CountDownLatch attempted = new CountDownLatch(1);
      Agent agent =
          Agent.open(
              settings,
              event -> {
                if (event instanceof AgentEvent.Attempted) {
                  attempted.countDown();
                }
              },
              Surroundings.real());
      agent.start();
      assertThat(attempted.await(60, TimeUnit.SECONDS)).isTrue();
      silent.accept();

      long begin = System.nanoTime();
      agent.close();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
      Agent.open(settings, AgentEvents.NONE, Surroundings.real()).close();
    }
  }

  @Test
  void commandLine_enrolsOnceAndShowsItsStatus() throws Exception {
    server.token("pump-0003", "secret-token");
    Path ca =
        Files.write(
            temporary.resolve("ca.pem"), Pem.certificates(List.of(server.authority.root())));
    Path token = Files.writeString(temporary.resolve("token"), "secret-token\n");
    String directory = temporary.resolve("pump-0003").toString();
    String[] where = {"--server", door.address().toString(), "--ca-file", ca.toString()};

    int enrolled =
        run(
                where,
                "--device",
                "pump-0003",
                "--token-file",
                token.toString(),
                "--directory",
                directory,
                "--once",
                "--hook",
                "touch",
                temporary.resolve("reloaded").toString())
            .exit();
    Run status = run(where, "--directory", directory, "--status");

    assertThat(enrolled).isZero();
    assertThat(temporary.resolve("reloaded")).exists();
    assertThat(status.exit()).isZero();
    assertThat(status.output())
        .contains("gen 1      in use", "CN=pump-0003", "renews     between")
        .doesNotContain("secret-token");
  }

  @Test
  void commandLine_saysWhatIsMissing() {
    Run run = run(new String[0], "--directory", temporary.resolve("none").toString());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.output()).contains("missing: --device");
  }

  @Test
  void commandLine_helpsWithExamples() {
    assertThat(run(new String[0], "--help").output())
        .contains("Examples:", "--token-file", "EC_P256");
  }

  private record Run(int exit, String output) {}

  private static Run run(String[] first, String... more) {
    StringWriter output = new StringWriter();
    CommandLine command = new CommandLine(new AgentCommand());
    command.setOut(new PrintWriter(output)).setErr(new PrintWriter(output));
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    Function<List<String>, Integer> execute = args -> command.execute(args.toArray(new String[0]));
    int exit = execute.apply(all);
    return new Run(exit, output.toString());
  }
}
