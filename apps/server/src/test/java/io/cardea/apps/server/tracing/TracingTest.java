package io.cardea.apps.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Applicant;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Decision;
import io.cardea.life.pki.AuthorityKey;
import io.cardea.life.pki.AuthorityKeys;
import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.JdkBackend;
import io.cardea.life.pki.MemoryAuthorityKeys;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.testing.InMemoryStore;
import io.cardea.protocols.est.EnrolmentDoor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a collector gets, byte by byte: OTLP over HTTP is protobuf.
class TracingTest {
  private static final String SECRET = "planted-secret";

  /// The beginning of a span in its list, and its first fields: trace id, span id, and the parent
  /// where there is one.
  private static final Pattern SPAN =
      Pattern.compile(
          "\\x12.{1,2}\\x0a\\x10(.{16})\\x12\\x08(.{8})(?:\\x22\\x08(.{8}))?", Pattern.DOTALL);

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final InMemoryStore store = new InMemoryStore();
  private HttpServer collector;

  @BeforeEach
  void listen() throws IOException {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          received.writeBytes(exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
  }

  @AfterEach
  void stop() {
    collector.stop(0);
  }

  private TraceSettings all() {
    return new TraceSettings(
        URI.create("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces"), 100);
  }

  private String said() {
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  private List<String[]> spans() {
    List<String[]> spans = new ArrayList<>();
    Matcher matcher = SPAN.matcher(said());
    while (matcher.find()) {
      spans.add(new String[] {matcher.group(1), matcher.group(2), matcher.group(3)});
    }
    return spans;
  }

  /// An enrolment that goes through every port, like the real one.
  private EnrolmentDoor door(Tracing tracing) throws Refused {
    AuthorityKeys keys = tracing.traced(new MemoryAuthorityKeys(new JdkBackend()));
    AuthorityKey key = keys.open(keys.create(CertKey.EC_P256));
    Lineages lineages = tracing.traced((Lineages) store);
    Commits commits = tracing.traced((Commits) store);
    return tracing.traced(
        (EnrolmentDoor)
            (applicant, csr, protocol) -> {
              assertThat(
                      lineages.byCertificate(
                          Fingerprint.of(new byte[] {1}), Optional.<Fingerprint>empty()))
                  .isEmpty();
              try {
                assertThat(key.sign(csr)).isNotEmpty();
              } catch (Refused refused) {
                return new Answer.Declined(refused.refusal(), refused.detail());
              }
              assertThat(commits.commit(new Decision(List.of(), List.of())))
                  .isInstanceOf(Commits.Outcome.Committed.class);
              return new Answer.Issued(
                  new DeviceId("pump-1"), new CredentialId(new UUID(1, 2)), new byte[] {1}, false);
            });
  }

  @Test
  void enrolment_isOneTraceOfItsSteps_withoutSecrets() throws Refused {
    try (Tracing tracing = Tracing.to(Optional.of(all()))) {
      door(tracing)
          .enrol(
              Applicant.withToken("pump-1", SECRET),
              SECRET.getBytes(StandardCharsets.UTF_8),
              "est");
    }
    assertThat(said())
        .contains("enrolment", "lineage.read", "sign", "commit", "service.name", "cardea")
        .contains("issued", "pump-1", "committed", "ECDSA_SHA256")
        .doesNotContain(SECRET);
    assertThat(spans()).hasSize(4);
    assertThat(new TreeSet<>(spans().stream().map(span -> span[0]).toList())).hasSize(1);
    String root =
        spans().stream().filter(span -> span[2] == null).map(span -> span[1]).findFirst().get();
    assertThat(spans().stream().filter(span -> root.equals(span[2]))).hasSize(3);
  }

  @Test
  void refusal_isToldByItsCode() {
    try (Tracing tracing = Tracing.to(Optional.of(all()))) {
      tracing
          .traced(
              (EnrolmentDoor)
                  (applicant, csr, protocol) -> new Answer.Declined(Refusal.TOKEN_SPENT, "spent"))
          .enrol(Applicant.withToken("pump-1", SECRET), new byte[0], "est");
    }
    assertThat(said()).contains("declined", "token-spent");
  }

  @Test
  void stepOutsideOfAnEnrolment_isNoTrace() {
    try (Tracing tracing = Tracing.to(Optional.of(all()))) {
      tracing.traced((Commits) store).commit(new Decision(List.of(), List.of()));
    }
    assertThat(said()).isEmpty();
  }

  @Test
  void collectorThatIsGone_costsNothingButSpans() throws Refused {
    TraceSettings nowhere = all();
    collector.stop(0);
    try (Tracing tracing = Tracing.to(Optional.of(nowhere))) {
      assertThat(door(tracing).enrol(Applicant.withToken("pump-1", SECRET), new byte[1], "est"))
          .isInstanceOf(Answer.Issued.class);
    }
  }

  @Test
  void withoutSettings_nothingIsWrapped() throws Refused {
    try (Tracing tracing = Tracing.to(Optional.empty())) {
      assertThat(tracing.traced((Commits) store)).isSameAs(store);
      assertThat(door(tracing).enrol(Applicant.withToken("pump-1", SECRET), new byte[1], "est"))
          .isInstanceOf(Answer.Issued.class);
    }
  }
}
