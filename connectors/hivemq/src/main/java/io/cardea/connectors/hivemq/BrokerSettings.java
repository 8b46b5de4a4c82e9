package io.cardea.connectors.hivemq;

import java.nio.file.Path;
import java.time.Duration;

/// The bounds on everything that a client chooses.
///
/// @param home where sessions, queues and retained messages are kept, for nobody but us
/// @param connections open at once
/// @param packetBytes the longest packet
/// @param inFlight messages of QoS 1 and 2 that a client may have unacknowledged
/// @param queued messages that wait for one client; beyond, new ones are dropped for it
/// @param sessionExpiry the longest that a session outlives its connection
/// @param keepAlive the longest silence of a client
public record BrokerSettings(
    Path home,
    int connections,
    int packetBytes,
    int inFlight,
    int queued,
    Duration sessionExpiry,
    Duration keepAlive) {}
