package io.cardea.life.rotation;

import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.OnFork;
import java.time.Duration;

/// What a class of devices means for its lineages: derived, not configured.
///
/// @param overlap how long after its last accepted use a retiring credential is still accepted;
///   never shorter than the longest silence of the class (R3)
/// @param retires whether the overlap ends acceptance at all: without a second proof of its own, a
///   device keeps its older credential until it expires (R3)
public record Terms(
    Duration overlap,
    boolean retires,
    Duration grace,
    Duration settling,
    int candidatesPerTenth,
    OnFork onFork) {

  public static Terms of(DeviceClass deviceClass) {
    return new Terms(
        deviceClass.longestSilence(),
        deviceClass.keepsRecoveryToken(),
        deviceClass.grace(),
        deviceClass.settling(),
        deviceClass.candidatesPerTenth(),
        deviceClass.onFork());
  }
}
