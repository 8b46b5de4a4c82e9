package io.cardea.apps.fleet.factory;

import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.mqtt.client.MqttConnection;
import io.cardea.protocols.mqtt.client.MqttIdentity;
import io.cardea.protocols.mqtt.client.MqttMessage;
import io.cardea.protocols.mqtt.client.MqttTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/// How a factory reaches its broker.
///
/// @param sessionExpiry how long the broker keeps what arrives for one that is away
public record Broker(MqttTarget target, Duration sessionExpiry) {
  MqttConnection connect(
      String id, ClientIdentity identity, Consumer<MqttMessage> arrived, Consumer<String> ended)
      throws IOException {
    return MqttConnection.open(
        target,
        new MqttIdentity(id, identity.key(), identity.chain()),
        sessionExpiry,
        arrived,
        ended);
  }
}
