package io.cardea.apps.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.findings.FailedHandshakes;
import io.cardea.life.testing.InMemoryHandshakeFailures;
import io.cardea.life.testing.SettableTime;
import io.cardea.protocols.edge.ClientCertificate;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.FailedHandshake;
import io.cardea.protocols.edge.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HandshakeJournalTest {
  private static final ClientCertificate PUMP =
      new ClientCertificate(new byte[] {1, 2, 3}, List.of());

  private final SettableTime time = new SettableTime(Instant.parse("2026-11-21T12:00:00Z"));
  private final InMemoryHandshakeFailures failures = new InMemoryHandshakeFailures();
  private final HandshakeJournal journal = new HandshakeJournal(EdgeEvents.NONE, failures, time);

  private static InetAddress address(int number) {
    try {
      return InetAddress.getByAddress(
          new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private void fails(int source, Optional<ClientCertificate> shown) {
    journal.handshakeFailed(
        new FailedHandshake(
            address(source), EdgeEvents.HandshakeFailure.ALERT, "unknown_ca", shown));
  }

  private void proves(int source) {
    journal.handshakeDone(
        new Peer(
            1,
            new InetSocketAddress(address(source), 5_000),
            Optional.of(new Peer.Tls("TLSv1.3", "any")),
            Optional.of(PUMP)),
        1);
  }

  private List<FailedHandshakes> written() {
    journal.write();
    return failures.newest(Optional.empty(), 1_000);
  }

  @Test
  void failures_ofOneKind_areAddedUp_acrossWritesToo() {
    fails(1, Optional.empty());
    fails(1, Optional.empty());
    journal.write();
    time.pass(Duration.ofSeconds(5));
    fails(1, Optional.empty());

    assertThat(written()).hasSize(1);
    FailedHandshakes all = written().getFirst();
    assertThat(all.times()).isEqualTo(3);
    assertThat(all.source()).isEqualTo("10.0.0.1");
    assertThat(all.reason()).isEqualTo("alert");
    assertThat(Duration.between(all.first(), all.last())).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void failure_afterAProof_isLikelyOfTheSameDevice() {
    Fingerprint pump = Fingerprint.ofDigest(PUMP.sha256());
    fails(1, Optional.empty());
    proves(1);
    fails(1, Optional.empty());
    fails(2, Optional.of(PUMP));

    assertThat(written())
        .filteredOn(one -> one.before().equals(Optional.of(pump)))
        .extracting(FailedHandshakes::source)
        .containsExactly("10.0.0.1");
    assertThat(written())
        .filteredOn(one -> one.shown().equals(Optional.of(pump)))
        .extracting(FailedHandshakes::source)
        .containsExactly("10.0.0.2");
  }

  @Test
  void flood_ofStrangers_costsFewRows_andHidesNoDevice() {
    proves(7);
    for (int i = 0; i < 100_000; i++) {
      fails(100 + i, Optional.empty());
    }
    fails(7, Optional.empty());

    assertThat(written()).hasSize(HandshakeJournal.STRANGERS + 1);
    assertThat(written()).extracting(FailedHandshakes::source).contains("10.0.0.7");
  }

  @Test
  void old_isForgotten() {
    fails(1, Optional.empty());
    journal.write();
    time.pass(Duration.ofDays(31));

    journal.forget();

    assertThat(written()).isEmpty();
  }
}
