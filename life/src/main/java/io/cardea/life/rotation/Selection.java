package io.cardea.life.rotation;

import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Devices by what they have in common, as an order about many of them names them. All of it has to
/// hold.
///
/// @param scope what of the fleet whoever chose acts for
/// @param authority only credentials that it issued, and devices that hold one
/// @param devices only these; empty for no such limit
public record Selection(
    Scope scope,
    Optional<String> deviceClass,
    Optional<Environment> environment,
    Optional<String> owner,
    Map<String, String> labels,
    Optional<String> authority,
    List<DeviceId> devices) {
  public static final int MAX_DEVICES = 1_000;
  private static final int MAX_LABELS = 8;

  /// Whoever holds something of this authority.
  public static Selection issuedBy(String authority) {
    return new Selection(
        Scope.ALL,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.of(authority),
        List.of());
  }

  public Selection {
    labels = Map.copyOf(labels);
    devices = List.copyOf(devices);
    if (labels.size() > MAX_LABELS) {
      throw new IllegalArgumentException(
          "labels: " + labels.size() + " (expected: <= " + MAX_LABELS + ")");
    }
    if (devices.size() > MAX_DEVICES) {
      throw new IllegalArgumentException(
          "devices: " + devices.size() + " (expected: <= " + MAX_DEVICES + ")");
    }
    if (deviceClass.isEmpty()
        && environment.isEmpty()
        && owner.isEmpty()
        && labels.isEmpty()
        && authority.isEmpty()
        && devices.isEmpty()) {
      throw new IllegalArgumentException(
          "selection: nothing (expected: a class, an environment, an owner, a label, an authority"
              + " or devices)");
    }
  }
}
