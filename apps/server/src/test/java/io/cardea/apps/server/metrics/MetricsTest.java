package io.cardea.apps.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.life.Refusal;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Applicant;
import io.cardea.life.testing.SettableTime;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.FailedHandshake;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final SettableTime time = new SettableTime(Instant.EPOCH);
  private final Metrics metrics = new Metrics(time);

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void refusals_areCountedByCodeAndProtocol() {
    metrics.refused(Refusal.TOKEN_SPENT, "est");
    metrics.refused(Refusal.TOKEN_SPENT, "est");
    metrics.api().answered("GET /x", 403, Optional.of(Refusal.FORBIDDEN), 1_000);

    assertThat(metrics.scrape())
        .contains("cardea_refusals_total{code=\"token-spent\",protocol=\"est\"} 2.0")
        .contains("cardea_refusals_total{code=\"forbidden\",protocol=\"api\"} 1.0")
        .contains("cardea_api_requests_seconds_count{route=\"GET /x\",status=\"403\"} 1");
  }

  @Test
  void enrolment_isTimedByItsAnswer() {
    Applicant pump = Applicant.withToken("pump-1", "s3cret");
    metrics
        .measured((applicant, csr, protocol) -> new Answer.Wait(Duration.ofSeconds(1)))
        .enrol(pump, new byte[0], "est");

    assertThat(metrics.scrape())
        .contains("cardea_enrolment_seconds_count{answer=\"wait\",protocol=\"est\"} 1")
        .contains("cardea_enrolment_seconds_bucket")
        .doesNotContain("pump-1");
  }

  @Test
  void edge_isCountedByListener() {
    EdgeEvents devices = metrics.edge("devices");
    devices.accepted();
    devices.accepted();
    devices.closed();
    devices.handshakeFailed(
        new FailedHandshake(
            InetAddress.getLoopbackAddress(),
            EdgeEvents.HandshakeFailure.NOT_TLS,
            "",
            Optional.empty()));
    devices.refused(EdgeEvents.Limit.BODY_SIZE);
    devices.requestFinished("/.well-known/est/simpleenroll", 200, 1_000);
    metrics.edge("http").accepted();

    assertThat(metrics.scrape())
        .contains("cardea_edge_connections{listener=\"devices\"} 1.0")
        .contains("cardea_edge_accepted_total{listener=\"devices\"} 2.0")
        .contains("cardea_edge_accepted_total{listener=\"http\"} 1.0")
        .contains("reason=\"not-tls\"} 1.0")
        .contains("limit=\"body-size\",listener=\"devices\"} 1.0");
  }

  @Test
  void commits_areCountedByGroup() {
    metrics.commits().committed(64, 1_000, 2_000);
    metrics.commits().rejected(2);
    metrics.commits().failed(3);

    assertThat(metrics.scrape())
        .contains("cardea_commit_decisions_sum 64.0")
        .contains("cardea_commit_rejected_total 2.0")
        .contains("cardea_commit_failed_total 3.0");
  }

  @Test
  void memoryOfAnswers_isToldAlsoWhenNobodyElseKnowsIt() {
    metrics
        .revocationData()
        .remembers(
            new RevocationData.RevocationMemory() {
              @Override
              public int answers() {
                return 7;
              }

              @Override
              public long octets() {
                return 4_200;
              }
            });
    System.gc();

    assertThat(metrics.scrape())
        .contains("cardea_ocsp_memory_answers 7.0")
        .contains("cardea_ocsp_memory_bytes 4200.0");
  }

  @Test
  void clock_isSeenWhileItIsTrusted() {
    assertThat(metrics.scrape()).contains("cardea_clock_trusted 1.0");
    time.trusted(false);
    assertThat(metrics.scrape()).contains("cardea_clock_trusted 0.0");
  }
}
