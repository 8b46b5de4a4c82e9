package io.cardea.life.rotation;

import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.SlotId;
import java.util.List;
import java.util.Optional;

/// A device at the door, with all that a decision about it needs, read at one moment.
///
/// @param lineage the neighbourhood of what was presented and of the wanted key; empty with version
///   0 when the slot has no row
/// @param presented the credential whose certificate was shown, if one was
/// @param frozen whether the issuing of certificates was stopped at that moment
/// @param audiences that serve the class
public record Sighting(
    Device device,
    DeviceClass deviceClass,
    Lineage lineage,
    Optional<CredentialId> presented,
    KeyStanding wantedKey,
    boolean frozen,
    List<Audience> audiences) {

  public Sighting {
    audiences = List.copyOf(audiences);
  }

  /// What the class of the device, and who serves it, mean for the lineage. Audiences accept
  /// certificates by themselves, and ask here about every other kind: that waits for none of them.
  public Terms terms() {
    return Terms.of(
        deviceClass, lineage.slot().name().equals(SlotId.OPERATIONAL) ? audiences : List.of());
  }

  /// The same, of the device in another state.
  public Sighting with(Device changed) {
    return new Sighting(changed, deviceClass, lineage, presented, wantedKey, frozen, audiences);
  }

  /// Whose the wanted key is, in the whole fleet.
  public enum KeyStanding {
    /// Nobody's yet, or none was asked about.
    FREE,
    /// This device's.
    OURS,
    /// Another device's: never certified for this one.
    OTHERS,
    /// Revoked for compromise: never certified again.
    CONDEMNED
  }
}
