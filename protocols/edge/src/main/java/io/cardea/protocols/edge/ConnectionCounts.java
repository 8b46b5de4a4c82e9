package io.cardea.protocols.edge;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections are open, in all and from each source.
final class ConnectionCounts {

  private final int total;
  private final int perSource;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentHashMap<ByteBuffer, Integer> bySource = new ConcurrentHashMap<>();

  ConnectionCounts(EdgeLimits limits) {
    this.total = limits.connections();
    this.perSource = limits.connectionsPerAddress();
  }

  /// Counts one in, whoever it is; or says which limit it met, and counts nothing.
  Optional<EdgeEvents.Limit> enter() {
    if (open.incrementAndGet() > total) {
      leave();
      return Optional.of(EdgeEvents.Limit.CONNECTIONS);
    }
    return Optional.empty();
  }

  void leave() {
    open.decrementAndGet();
  }

  /// Counts one that is in to its source; or says which limit it met, and counts nothing.
  Optional<EdgeEvents.Limit> enterFrom(InetAddress address) {
    if (bySource.merge(Sources.of(address), 1, Integer::sum) > perSource) {
      leaveFrom(address);
      return Optional.of(EdgeEvents.Limit.CONNECTIONS_PER_ADDRESS);
    }
    return Optional.empty();
  }

  void leaveFrom(InetAddress address) {
    bySource.computeIfPresent(Sources.of(address), (source, count) -> count > 1 ? count - 1 : null);
  }
}
