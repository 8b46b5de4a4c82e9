package io.cardea.protocols.mqtt.client;

import java.io.IOException;

/// The broker, or the door before it, said no.
public final class MqttRefusedException extends IOException {
  private static final long serialVersionUID = 1;

  private final String reason;

  MqttRefusedException(String reason, Throwable cause) {
    super("refused: " + reason, cause);
    this.reason = reason;
  }

  /// Its reason string, which begins with a code, or else the name of its number.
  public String reason() {
    return reason;
  }
}
