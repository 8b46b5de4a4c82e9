package io.cardea.protocols.mqtt.client;

import java.time.Duration;
import javax.net.ssl.X509TrustManager;

/// A broker, and by whom it is known.
///
/// @param trust judges its chain and its name
/// @param timeout for a connection, and for each answer
public record MqttTarget(String host, int port, X509TrustManager trust, Duration timeout) {}
