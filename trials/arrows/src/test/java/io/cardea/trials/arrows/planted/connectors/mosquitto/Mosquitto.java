package io.cardea.trials.arrows.planted.connectors.mosquitto;

public final class Mosquitto {
  private Mosquitto() {}
}
