package io.cardea.life.secrets;

import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.secrets.Secrets.CredentialKey;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The public keys by which others verify the tokens of a device: every accepted one of its slot,
/// so that old and new overlap. None of a device in quarantine, or scrapped: who verifies by
/// himself is told so too.
public final class SigningKeys {
  private final Inventory inventory;
  private final Secrets secrets;
  private final InstantSource time;

  public SigningKeys(Inventory inventory, Secrets secrets, InstantSource time) {
    this.inventory = inventory;
    this.secrets = secrets;
    this.time = time;
  }

  /// The newest first; none for what there is not.
  public List<CredentialKey> accepted(DeviceId device, String slot) {
    Optional<Device> known = inventory.device(device);
    if (known.isEmpty() || !(known.get().state() instanceof DeviceState.Enrolled)) {
      return List.of();
    }
    return secrets.publicKeys(new SlotId(device, slot)).stream()
        .filter(key ->
            inventory
                .credential(key.credential())
                .filter(its -> !time.instant().isAfter(its.notAfter()))
                .isPresent())
        .toList();
  }

  /// The key of one credential, if it is an accepted one.
  public Optional<CredentialKey> of(Credential credential) {
    return accepted(credential.slot().device(), credential.slot().name()).stream()
        .filter(key -> key.credential().equals(credential.id()))
        .findFirst();
  }
}
