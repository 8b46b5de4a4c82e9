package io.cardea.apps.server;

import io.cardea.life.Fingerprint;
import io.cardea.life.TrustedTime;
import io.cardea.life.findings.FailedHandshakes;
import io.cardea.life.findings.HandshakeFailures;
import io.cardea.protocols.edge.ClientCertificate;
import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.FailedHandshake;
import io.cardea.protocols.edge.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Gathers the failed handshakes of one listener, adds up those of one kind, and writes them down
/// once in a while, a bounded number each time: a flood costs us a few rows, and those that a
/// device may be found for come before those of strangers.
final class HandshakeJournal implements EdgeEvents {
  /// Of each, between two writes. What is beyond that the metrics count.
  static final int ATTRIBUTED = 1_024;

  static final int STRANGERS = 128;

  private static final int REMEMBERED_SOURCES = 32_768;
  private static final Duration KEPT = Duration.ofDays(30);

  /// Rows of each of the two.
  private static final int MOST_ROWS = 20_000;

  private final EdgeEvents next;
  private final HandshakeFailures failures;
  private final TrustedTime time;
  private final Map<InetAddress, Fingerprint> proven = new LinkedHashMap<>(64, 0.75f, true);
  private Map<Kind, Tally> attributed = new LinkedHashMap<>();
  private Map<Kind, Tally> strangers = new LinkedHashMap<>();

  private record Kind(
      InetAddress source,
      EdgeEvents.HandshakeFailure reason,
      String detail,
      Optional<Fingerprint> shown,
      Optional<Fingerprint> before) {}

  private record Tally(Instant first, Instant last, long times) {}

  /// @param next hears everything too
  HandshakeJournal(EdgeEvents next, HandshakeFailures failures, TrustedTime time) {
    this.next = next;
    this.failures = failures;
    this.time = time;
  }

  @Override
  public void handshakeDone(Peer peer, long nanos) {
    next.handshakeDone(peer, nanos);
    peer.certificate()
        .ifPresent(certificate -> proven(peer.remoteAddress().getAddress(), certificate));
  }

  private synchronized void proven(InetAddress source, ClientCertificate certificate) {
    proven.put(source, Fingerprint.ofDigest(certificate.sha256()));
    if (proven.size() > REMEMBERED_SOURCES) {
      proven.remove(proven.keySet().iterator().next());
    }
  }

  @Override
  public void handshakeFailed(FailedHandshake failed) {
    next.handshakeFailed(failed);
    note(failed, time.instant());
  }

  private synchronized void note(FailedHandshake failed, Instant at) {
    Kind kind =
        new Kind(
            failed.source(),
            failed.reason(),
            failed.detail(),
            failed.certificate().map(shown -> Fingerprint.ofDigest(shown.sha256())),
            Optional.ofNullable(proven.get(failed.source())));
    boolean known = kind.shown().isPresent() || kind.before().isPresent();
    Map<Kind, Tally> tallies = known ? attributed : strangers;
    if (tallies.size() >= (known ? ATTRIBUTED : STRANGERS) && !tallies.containsKey(kind)) {
      return;
    }
    tallies.merge(
        kind,
        new Tally(at, at, 1),
        (before, one) -> new Tally(before.first(), at, before.times() + 1));
  }

  /// Writes down what was gathered since; what cannot be written is lost, and was counted.
  void write() {
    List<FailedHandshakes> gathered = gathered();
    if (!gathered.isEmpty()) {
      failures.add(gathered);
    }
  }

  private synchronized List<FailedHandshakes> gathered() {
    List<FailedHandshakes> gathered = new ArrayList<>();
    for (Map<Kind, Tally> tallies : List.of(attributed, strangers)) {
      tallies.forEach((kind, tally) ->
          gathered.add(
              new FailedHandshakes(
                  kind.source().getHostAddress(),
                  kind.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                  kind.detail(),
                  kind.shown(),
                  kind.before(),
                  tally.first(),
                  tally.last(),
                  tally.times())));
    }
    attributed = new LinkedHashMap<>();
    strangers = new LinkedHashMap<>();
    return gathered;
  }

  void forget() {
    failures.forget(time.instant().minus(KEPT), MOST_ROWS);
  }

  @Override
  public void accepted() {
    next.accepted();
  }

  @Override
  public void closed() {
    next.closed();
  }

  @Override
  public void requestFinished(String route, int status, long nanos) {
    next.requestFinished(route, status, nanos);
  }

  @Override
  public void refused(Limit limit) {
    next.refused(limit);
  }
}
