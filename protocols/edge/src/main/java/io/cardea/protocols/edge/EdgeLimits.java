package io.cardea.protocols.edge;

import java.time.Duration;
import java.util.stream.Stream;

/// The bounds on everything that a stranger chooses. Start from [#defaults] and change by `with…`.
///
/// @param handshakeTimeout from accept to the end of the handshake (on a plain listener: to the
///   first byte)
/// @param requestTimeout from a request's first byte to its last
/// @param idleTimeout between an answer and the next request's first byte
/// @param writeTimeout until the client has taken an answer off our hands
/// @param drainTimeout how long [EdgeServer#close] waits for requests in flight
/// @param headerBytes request line, and apart from it all header fields together
/// @param bodyBytes a request's body, after chunks are joined
/// @param connections open at once on this listener
/// @param connectionsPerAddress of those, from one IPv4 address or one IPv6 /64
/// @param requestsPerConnection then the answer says `Connection: close`
/// @param requestsInFlight in handlers at once, over all connections
/// @param requestsWaiting for that, those of certificates that expire first before the others; may
///   be 0
/// @param handshakeShare percent of an event loop's time that handshakes may take together
public record EdgeLimits(
    Duration handshakeTimeout,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration writeTimeout,
    Duration drainTimeout,
    int headerBytes,
    int bodyBytes,
    int connections,
    int connectionsPerAddress,
    int requestsPerConnection,
    int requestsInFlight,
    int requestsWaiting,
    int handshakeShare) {

  public EdgeLimits {
    positive("handshakeTimeout", handshakeTimeout);
    positive("requestTimeout", requestTimeout);
    positive("idleTimeout", idleTimeout);
    positive("writeTimeout", writeTimeout);
    positive("drainTimeout", drainTimeout);
    positive("headerBytes", headerBytes);
    positive("bodyBytes", bodyBytes);
    positive("connections", connections);
    positive("connectionsPerAddress", connectionsPerAddress);
    positive("requestsPerConnection", requestsPerConnection);
    positive("requestsInFlight", requestsInFlight);
    positive("requestsWaiting + 1", requestsWaiting + 1);
    positive("handshakeShare", handshakeShare);
  }

  public static EdgeLimits defaults() {
    return new EdgeLimits(
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        8 * 1024,
        64 * 1024,
        10_000,
        4_000,
        10_000,
        128,
        1_024,
        50);
  }

  public EdgeLimits withTimeouts(
      Duration handshake, Duration request, Duration idle, Duration write, Duration drain) {
    return new EdgeLimits(
        handshake,
        request,
        idle,
        write,
        drain,
        headerBytes,
        bodyBytes,
        connections,
        connectionsPerAddress,
        requestsPerConnection,
        requestsInFlight,
        requestsWaiting,
        handshakeShare);
  }

  public EdgeLimits withSizes(int header, int body) {
    return new EdgeLimits(
        handshakeTimeout,
        requestTimeout,
        idleTimeout,
        writeTimeout,
        drainTimeout,
        header,
        body,
        connections,
        connectionsPerAddress,
        requestsPerConnection,
        requestsInFlight,
        requestsWaiting,
        handshakeShare);
  }

  public EdgeLimits withConnections(int total, int perAddress) {
    return new EdgeLimits(
        handshakeTimeout,
        requestTimeout,
        idleTimeout,
        writeTimeout,
        drainTimeout,
        headerBytes,
        bodyBytes,
        total,
        perAddress,
        requestsPerConnection,
        requestsInFlight,
        requestsWaiting,
        handshakeShare);
  }

  public EdgeLimits withRequests(int perConnection, int inFlight, int waiting) {
    return new EdgeLimits(
        handshakeTimeout,
        requestTimeout,
        idleTimeout,
        writeTimeout,
        drainTimeout,
        headerBytes,
        bodyBytes,
        connections,
        connectionsPerAddress,
        perConnection,
        inFlight,
        waiting,
        handshakeShare);
  }

  Duration shortestTimeout() {
    return Stream.of(handshakeTimeout, requestTimeout, idleTimeout, writeTimeout)
        .min(Duration::compareTo)
        .orElseThrow();
  }

  private static void positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
