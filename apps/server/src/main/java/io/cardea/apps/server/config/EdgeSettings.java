package io.cardea.apps.server.config;

import java.time.Duration;

/// The bounds on everything that a stranger chooses at the device port and at plain HTTP.
public record EdgeSettings(
    Duration handshakeTimeout,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration writeTimeout,
    int headerBytes,
    int bodyBytes,
    int connections,
    int connectionsPerAddress,
    int requestsPerConnection,
    int requestsInFlight,
    int requestsWaiting,
    int handshakeShare) {}
