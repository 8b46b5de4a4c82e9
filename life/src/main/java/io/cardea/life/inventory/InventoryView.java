package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Inventory.DeviceFilter;
import io.cardea.life.ledger.Ledger;
import java.util.List;

/// The inventory and the ledger as one actor may see them. A device outside of the actor's scope
/// cannot be told from one that does not exist, but for its id: who registers a device under a
/// taken one learns that it is taken, as ids are unique in the fleet.
public final class InventoryView {
  private final Inventory inventory;
  private final Ledger ledger;

  public InventoryView(Inventory inventory, Ledger ledger) {
    this.inventory = inventory;
    this.ledger = ledger;
  }

  /// @throws Refused with [Refusal#DEVICE_UNKNOWN]
  public Device device(DeviceId id, Actor actor) throws Refused {
    Device device =
        inventory
            .device(id)
            .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + id));
    actor.must(Permission.SEE, device);
    return device;
  }

  /// @throws Refused with [Refusal#SEARCH_NOT_INDEXED]
  public List<Device> devices(DeviceFilter filter, String after, int limit, Actor actor)
      throws Refused {
    actor.must(Permission.SEE);
    if (filter.text().isPresent() && !inventory.findsText()) {
      throw new Refused(Refusal.SEARCH_NOT_INDEXED, "search: the database lacks device_by_text");
    }
    return inventory.devices(filter, actor.scope(), after, limit);
  }

  /// @throws Refused with [Refusal#NOT_FOUND]
  public Credential credential(CredentialId id, Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return inventory
        .credential(id, actor.scope())
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "credential: " + id));
  }

  /// The credentials of a device, newest first.
  public List<Credential> credentialsOf(DeviceId device, int limit, Actor actor) throws Refused {
    device(device, actor);
    return inventory.credentialsOf(device, limit);
  }

  /// Entries in the order of their numbers.
  public List<Ledger.Recorded> ledger(long after, int limit, Actor actor) throws Refused {
    actor.must(Permission.AUDIT);
    return ledger.after(after, limit);
  }

  /// The number up to which the ledger is settled.
  public long ledgerSettled(Actor actor) throws Refused {
    actor.must(Permission.AUDIT);
    return ledger.settled();
  }
}
