package io.cardea.life.rotation;

import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.OnFork;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What a class of devices means for its lineages: derived, not configured.
///
/// @param overlap how long after its last accepted use a retiring credential is still accepted;
///   never shorter than the longest silence of the class (R3)
/// @param retires whether the overlap ends acceptance at all: without a second proof of its own, a
///   device keeps its older credential until it expires, and so it does with a blind audience (R3)
/// @param reporting the audiences that report: an older credential is accepted until each of them
///   has seen a newer one (R3)
public record Terms(
    Duration overlap,
    boolean retires,
    Duration grace,
    Duration settling,
    int candidatesPerTenth,
    OnFork onFork,
    Set<String> reporting) {

  public Terms {
    reporting = Set.copyOf(reporting);
  }

  /// Without audiences beside Cardea itself.
  public Terms(
      Duration overlap,
      boolean retires,
      Duration grace,
      Duration settling,
      int candidatesPerTenth,
      OnFork onFork) {
    this(overlap, retires, grace, settling, candidatesPerTenth, onFork, Set.of());
  }

  /// @param audiences of the class
  public static Terms of(DeviceClass deviceClass, List<Audience> audiences) {
    return new Terms(
        deviceClass.longestSilence(),
        deviceClass.keepsRecoveryToken() && audiences.stream().allMatch(Audience::reports),
        deviceClass.grace(),
        deviceClass.settling(),
        deviceClass.candidatesPerTenth(),
        deviceClass.onFork(),
        audiences.stream()
            .filter(Audience::reports)
            .map(Audience::name)
            .collect(Collectors.toUnmodifiableSet()));
  }
}
