package io.cardea.life.inventory;

import io.cardea.life.ledger.Change;

/// The rows of the inventory that a decision can write.
public sealed interface InventoryChange extends Change {
  /// A new device. Taken when the id is.
  record RegisterDevice(Device device) implements InventoryChange {}

  /// A step in the device's life. Stale unless the device is still in the state `from`.
  record MoveDevice(DeviceId device, DeviceState from, DeviceState to) implements InventoryChange {}

  /// Another owner or another environment. Stale unless both are still what they were.
  record ReassignDevice(
      DeviceId device,
      String fromOwner,
      Environment fromEnvironment,
      String owner,
      Environment environment)
      implements InventoryChange {}

  /// A class, new or changed.
  record SaveClass(DeviceClass deviceClass) implements InventoryChange {}

  /// An audience, new or changed.
  record SaveAudience(Audience audience) implements InventoryChange {}

  /// Stale if it is not there.
  record RemoveAudience(String name) implements InventoryChange {}

  /// A slot of a class, new or changed.
  record SaveSecretSlot(SecretSlot slot) implements InventoryChange {}

  /// A bearer token; one of the same name is replaced.
  record SaveApiToken(ApiToken token) implements InventoryChange {}
}
