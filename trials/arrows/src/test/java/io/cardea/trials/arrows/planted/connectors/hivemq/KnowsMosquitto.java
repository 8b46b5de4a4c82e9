package io.cardea.trials.arrows.planted.connectors.hivemq;

import io.cardea.trials.arrows.planted.connectors.mosquitto.Mosquitto;

final class KnowsMosquitto {
  private KnowsMosquitto() {}

  static Class<?> whom() {
    return Mosquitto.class;
  }
}
