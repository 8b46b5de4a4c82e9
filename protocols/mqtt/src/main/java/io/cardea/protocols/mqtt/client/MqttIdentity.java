package io.cardea.protocols.mqtt.client;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a device shows in the handshake, and whom it says it is behind it.
///
/// @param clientId the registered id, or that with a slash and more
/// @param chain the device's own certificate first
public record MqttIdentity(String clientId, PrivateKey key, List<X509Certificate> chain) {
  public MqttIdentity {
    chain = List.copyOf(chain);
  }

  /// Never the key.
  @Override
  public String toString() {
    return "MqttIdentity[" + clientId + "]";
  }
}
