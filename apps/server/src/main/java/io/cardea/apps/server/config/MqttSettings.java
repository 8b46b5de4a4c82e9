package io.cardea.apps.server.config;

import java.time.Duration;
import java.util.Set;

/// The embedded MQTT broker.
///
/// @param readers registered ids that may read what every device publishes
public record MqttSettings(
    Listen listen, int packetBytes, int queued, Duration sessionExpiry, Set<String> readers) {
  public MqttSettings {
    readers = Set.copyOf(readers);
  }
}
