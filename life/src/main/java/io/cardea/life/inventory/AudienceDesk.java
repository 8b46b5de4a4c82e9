package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Says who must accept what devices hold.
public final class AudienceDesk {
  private final Inventory inventory;
  private final Commits commits;
  private final InstantSource time;

  public AudienceDesk(Inventory inventory, Commits commits, InstantSource time) {
    this.inventory = inventory;
    this.commits = commits;
    this.time = time;
  }

  public List<Audience> list(Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return inventory.audiences();
  }

  /// @throws Refused with [Refusal#NOT_FOUND]
  public Audience show(String name, Actor actor) throws Refused {
    return named(list(actor), name)
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "audience: " + name));
  }

  /// Saves an audience, new or changed. The same again changes nothing.
  ///
  /// @throws Refused with [Refusal#NOT_FOUND] for a class or a point that there is not, with
  ///   [Refusal#CONFLICT] for a point that reports for another one, and where there are too many
  public void save(Audience wanted, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    List<Audience> known = inventory.audiences();
    if (known.contains(wanted)) {
      return;
    }
    List<Audience> others =
        known.stream().filter(each -> !each.name().equals(wanted.name())).toList();
    if (others.size() >= Audience.MOST) {
      throw new Refused(Refusal.CONFLICT, "audiences: there are " + others.size() + " already");
    }
    for (String name : wanted.classes()) {
      if (inventory.deviceClass(name).isEmpty()) {
        throw new Refused(Refusal.NOT_FOUND, "class: " + name);
      }
      long its = others.stream().filter(each -> each.classes().contains(name)).count();
      if (its >= Audience.MOST_OF_A_CLASS) {
        throw new Refused(Refusal.CONFLICT, "class: " + name + " has " + its + " audiences");
      }
    }
    for (DeviceId point : wanted.points()) {
      if (inventory.device(point).isEmpty()) {
        throw new Refused(Refusal.NOT_FOUND, "point: " + point + " is not registered");
      }
      Optional<Audience> other = reportedBy(others, point);
      if (other.isPresent()) {
        throw new Refused(
            Refusal.CONFLICT, "point: " + point + " reports for " + other.get().name());
      }
    }
    write(EntryKind.AUDIENCE_SAVED, new InventoryChange.SaveAudience(wanted), facts(wanted), actor);
  }

  /// Removes an audience: nobody waits for what it sees any more, and its sessions end as those of
  /// one that fell silent do.
  ///
  /// @throws Refused with [Refusal#NOT_FOUND]
  public void remove(String name, String why, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    if (named(inventory.audiences(), name).isEmpty()) {
      throw new Refused(Refusal.NOT_FOUND, "audience: " + name);
    }
    write(
        EntryKind.AUDIENCE_REMOVED,
        new InventoryChange.RemoveAudience(name),
        Map.of("audience", name, "why", Reason.checked(why)),
        actor);
  }

  /// The audience in whose name this device reports.
  public Optional<Audience> reportedBy(DeviceId point) {
    return reportedBy(inventory.audiences(), point);
  }

  private static Optional<Audience> reportedBy(List<Audience> audiences, DeviceId point) {
    return audiences.stream().filter(each -> each.points().contains(point)).findFirst();
  }

  private static Optional<Audience> named(List<Audience> audiences, String name) {
    return audiences.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  private void write(
      EntryKind kind, InventoryChange change, Map<String, String> facts, Actor actor) {
    commits.commit(
        new Decision(
            List.of(change),
            List.of(new Entry(kind, time.instant(), actor.name(), Optional.empty(), facts))));
  }

  private static Map<String, String> facts(Audience audience) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("audience", audience.name());
    facts.put("kind", audience.kind().name());
    facts.put("reports", Boolean.toString(audience.reports()));
    facts.put("may-prove", Boolean.toString(audience.mayProve()));
    facts.put("classes", String.join(" ", audience.classes()));
    facts.put(
        "points", audience.points().stream().map(DeviceId::value).collect(Collectors.joining(" ")));
    return facts;
  }
}
