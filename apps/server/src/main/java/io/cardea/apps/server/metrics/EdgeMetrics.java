package io.cardea.apps.server.metrics;

import io.cardea.protocols.edge.EdgeEvents;
import io.cardea.protocols.edge.FailedHandshake;
import io.cardea.protocols.edge.Peer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// The numbers of one listener of the edge. Runs on event loops: no lookup blocks.
final class EdgeMetrics implements EdgeEvents {
  private static final int STATUSES = 600;

  private final Metrics metrics;
  private final String listener;
  private final AtomicLong open = new AtomicLong();
  private final Counter accepted;
  private final Map<HandshakeFailure, Counter> failures = new EnumMap<>(HandshakeFailure.class);
  private final Map<String, AtomicReferenceArray<Timer>> requests = new ConcurrentHashMap<>();
  private final Map<Limit, Counter> limits = new EnumMap<>(Limit.class);

  EdgeMetrics(Metrics metrics, String listener) {
    this.metrics = metrics;
    this.listener = listener;
    metrics.gauge(
        "cardea.edge.connections", "Connections open", open, AtomicLong::get, "listener", listener);
    accepted =
        metrics.counter(
            "cardea.edge.accepted", "Connections accepted so far", "listener", listener);
    for (HandshakeFailure failure : HandshakeFailure.values()) {
      failures.put(
          failure,
          metrics.counter(
              "cardea.edge.handshake.failures",
              "Handshakes that ended without a connection",
              "listener",
              listener,
              "reason",
              Metrics.word(failure)));
    }
    for (Limit limit : Limit.values()) {
      limits.put(
          limit,
          metrics.counter(
              "cardea.edge.limits",
              "How often a stranger met a limit",
              "listener",
              listener,
              "limit",
              Metrics.word(limit)));
    }
  }

  @Override
  public void accepted() {
    open.incrementAndGet();
    accepted.increment();
  }

  @Override
  public void closed() {
    open.decrementAndGet();
  }

  @Override
  public void handshakeDone(Peer peer, long nanos) {
    metrics
        .timer(
            "cardea.edge.handshakes",
            "Time from accept to the end of the handshake",
            "listener",
            listener,
            "protocol",
            peer.tls().map(Peer.Tls::protocol).orElse("none"),
            "peer",
            peer.certificate().isPresent() ? "certificate" : "anonymous")
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void handshakeFailed(FailedHandshake failed) {
    count(failures, failed.reason());
  }

  @Override
  public void requestFinished(String route, int status, long nanos) {
    AtomicReferenceArray<Timer> ofRoute = requests.get(route);
    if (ofRoute == null) {
      ofRoute = requests.computeIfAbsent(route, _ -> new AtomicReferenceArray<>(STATUSES));
    }
    int place = Math.clamp(status, 0, STATUSES - 1);
    Timer timer = ofRoute.get(place);
    if (timer == null) {
      timer = requests(route, status);
      ofRoute.set(place, timer);
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer requests(String route, int status) {
    return metrics.timer(
        "cardea.edge.requests",
        "Time until a request was answered",
        "listener",
        listener,
        "route",
        route,
        "status",
        Integer.toString(status));
  }

  @Override
  public void refused(Limit limit) {
    count(limits, limit);
  }

  private static <K> void count(Map<K, Counter> counters, K key) {
    Counter counter = counters.get(key);
    if (counter != null) {
      counter.increment();
    }
  }
}
