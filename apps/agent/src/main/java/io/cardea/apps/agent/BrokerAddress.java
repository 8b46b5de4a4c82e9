package io.cardea.apps.agent;

/// An MQTT broker.
public record BrokerAddress(String host, int port) {
  private static final int USUAL_PORT = 8883;

  public BrokerAddress {
    if (host.isEmpty() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "broker: " + host + ":" + port + " (expected: host or host:port)");
    }
  }

  /// `host` or `host:port`.
  public static BrokerAddress of(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return new BrokerAddress(text, USUAL_PORT);
    }
    try {
      return new BrokerAddress(
          text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("broker: " + text + " (expected: host or host:port)", e);
    }
  }
}
