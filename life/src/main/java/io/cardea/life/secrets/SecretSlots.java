package io.cardea.life.secrets;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says what the devices of a class may hold beside certificates.
public final class SecretSlots {
  private static final int MOST = 16;

  private final Inventory inventory;
  private final Commits commits;
  private final InstantSource time;

  public SecretSlots(Inventory inventory, Commits commits, InstantSource time) {
    this.inventory = inventory;
    this.commits = commits;
    this.time = time;
  }

  /// The slots of a class, by name.
  public List<SecretSlot> of(String deviceClass, Actor actor) throws Refused {
    actor.must(Permission.SEE);
    requireClass(deviceClass);
    return inventory.secretSlots(deviceClass);
  }

  /// Saves a slot. The same one again changes nothing; another life holds for what is issued from
  /// then on. What a slot holds stays what it is.
  public SecretSlot save(SecretSlot wanted, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    requireClass(wanted.deviceClass());
    List<SecretSlot> known = inventory.secretSlots(wanted.deviceClass());
    Optional<SecretSlot> before =
        known.stream().filter(slot -> slot.name().equals(wanted.name())).findFirst();
    if (before.isPresent() && before.get().equals(wanted)) {
      return wanted;
    }
    if (before.isPresent() && before.get().kind() != wanted.kind()) {
      throw new Refused(
          Refusal.CONFLICT,
          "slot: " + wanted.name() + " holds " + before.get().kind().word() + "s");
    }
    if (before.isEmpty() && known.size() >= MOST) {
      throw new Refused(Refusal.CONFLICT, "slots: " + known.size() + " (expected: < " + MOST + ")");
    }
    Entry entry =
        new Entry(
            EntryKind.SLOT_SAVED,
            time.instant(),
            actor.name(),
            Optional.empty(),
            Map.of(
                "class", wanted.deviceClass(),
                "slot", wanted.name(),
                "kind", wanted.kind().word(),
                "life", wanted.life().toString()));
    return switch (commits.commit(
        new Decision(List.of(new InventoryChange.SaveSecretSlot(wanted)), List.of(entry)))) {
      case Outcome.Committed _ -> wanted;
      case Outcome.Stale _, Outcome.Taken _ ->
          throw new Refused(Refusal.CONFLICT, "slot: " + wanted.name() + " changed meanwhile");
    };
  }

  private void requireClass(String name) throws Refused {
    if (inventory.deviceClass(name).isEmpty()) {
      throw new Refused(Refusal.NOT_FOUND, "class: " + name);
    }
  }
}
