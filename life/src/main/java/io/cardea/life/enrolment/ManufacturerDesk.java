package io.cardea.life.enrolment;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.path.RevocationList;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says which manufacturers' authorities are trusted, for which class and environment. Devices that
/// were bound stay bound when an authority is removed; their birth certificates open nothing then.
public final class ManufacturerDesk {
  private final Births births;
  private final Inventory inventory;
  private final Commits commits;
  private final InstantSource time;

  public ManufacturerDesk(Births births, Inventory inventory, Commits commits, InstantSource time) {
    this.births = births;
    this.inventory = inventory;
    this.commits = commits;
    this.time = time;
  }

  /// Saves an authority, new or changed.
  public void save(Manufacturer wanted, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    if (inventory.deviceClass(wanted.deviceClass()).isEmpty()) {
      throw new Refused(Refusal.NOT_FOUND, "class: " + wanted.deviceClass());
    }
    wanted.anchor().publicKey();
    if (!wanted.anchor().isAuthority()) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "certificate: " + wanted.anchor().subject() + " (expected: an authority's)");
    }
    for (byte[] list : wanted.revocationLists()) {
      RevocationList.parse(list);
    }
    List<Manufacturer> all = births.manufacturers();
    if (all.size() >= Births.MAX_MANUFACTURERS
        && all.stream().noneMatch(each -> each.name().equals(wanted.name()))) {
      throw new Refused(
          Refusal.CONFLICT,
          "manufacturers: " + all.size() + " (expected: at most " + Births.MAX_MANUFACTURERS + ")");
    }
    commit(
        new EnrolmentChange.SaveManufacturer(wanted),
        EntryKind.MANUFACTURER_IMPORTED,
        actor,
        Map.of(
            "name", wanted.name(),
            "class", wanted.deviceClass(),
            "environment", wanted.environment().word(),
            "certificate", wanted.anchor().fingerprint().hex(),
            "subject", shortened(wanted.anchor().subject()),
            "device-id", wanted.rule().deviceId().orElse(""),
            "registers", Boolean.toString(wanted.rule().registers())));
  }

  public void remove(String name, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    commit(
        new EnrolmentChange.RemoveManufacturer(name),
        EntryKind.MANUFACTURER_REMOVED,
        actor,
        Map.of("name", name));
  }

  public List<Manufacturer> list(Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return births.manufacturers();
  }

  private void commit(
      EnrolmentChange change, EntryKind kind, Actor actor, Map<String, String> facts)
      throws Refused {
    Entry entry = new Entry(kind, time.instant(), actor.name(), Optional.empty(), facts);
    switch (commits.commit(new Decision(List.of(change), List.of(entry)))) {
      case Outcome.Committed _ -> {}
      case Outcome.Stale _, Outcome.Taken _ ->
          throw new Refused(Refusal.NOT_FOUND, "manufacturer: " + facts.get("name"));
    }
  }

  private static String shortened(String text) {
    return text.length() > 512 ? text.substring(0, 512) : text;
  }
}
