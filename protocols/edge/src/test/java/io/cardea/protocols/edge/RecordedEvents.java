package io.cardea.protocols.edge;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Keeps what the edge told.
final class RecordedEvents implements EdgeEvents {

  final AtomicInteger open = new AtomicInteger();
  final Queue<String> finished = new ConcurrentLinkedQueue<>();
  final Queue<HandshakeFailure> failures = new ConcurrentLinkedQueue<>();
  final Queue<FailedHandshake> told = new ConcurrentLinkedQueue<>();
  final Queue<Limit> refusals = new ConcurrentLinkedQueue<>();
  final Queue<Peer> handshakes = new ConcurrentLinkedQueue<>();

  @Override
  public void accepted() {
    open.incrementAndGet();
  }

  @Override
  public void closed() {
    open.decrementAndGet();
  }

  @Override
  public void handshakeDone(Peer peer, long nanos) {
    handshakes.add(peer);
  }

  @Override
  public void handshakeFailed(FailedHandshake failed) {
    failures.add(failed.reason());
    told.add(failed);
  }

  @Override
  public void requestFinished(String route, int status, long nanos) {
    finished.add(route + " " + status);
  }

  @Override
  public void refused(Limit limit) {
    refusals.add(limit);
  }
}
