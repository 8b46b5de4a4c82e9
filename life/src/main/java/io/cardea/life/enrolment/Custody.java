package io.cardea.life.enrolment;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Stubborn;
import io.cardea.life.rotation.Writes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Who has a device: the factory hands it over to where it works, and one owner to another.
///
/// Either way the enrolment tokens that were not spent end in the same commit: whoever had the
/// device before may still know them. What the device holds goes on being accepted (P1), and its
/// next renewal is issued under its new terms (R3 then retires what it held before); a transfer may
/// revoke it at once instead, after which the device comes back by its birth certificate or by a
/// new token.
public final class Custody {
  private final Lineages lineages;
  private final Commits commits;
  private final Rotation rotation;
  private final TrustedTime time;

  public Custody(Lineages lineages, Commits commits, Rotation rotation, TrustedTime time) {
    this.lineages = lineages;
    this.commits = commits;
    this.rotation = rotation;
    this.time = time;
  }

  /// Hands a device over from the factory. Doing it again changes nothing.
  ///
  /// @return the device as it is now
  /// @throws Refused with [Refusal#CONFLICT] for a device that is elsewhere already
  public Device handOver(DeviceId device, Environment to, String why, Actor actor) throws Refused {
    return step(
        List.of(SlotId.operational(device)),
        why,
        actor,
        (sighting, writes, now) -> {
          Device before = sighting.device();
          if (before.environment() == to) {
            return before;
          }
          if (before.environment() != Environment.PRODUCTION) {
            throw new Refused(
                Refusal.CONFLICT,
                "device: " + device + " is in " + before.environment().word() + " already");
          }
          Device after = before.of(before.owner(), to);
          reassign(before, after, writes, now, EntryKind.DEVICE_DELIVERED);
          return after;
        });
  }

  /// Gives a device another owner. Doing it again changes nothing.
  ///
  /// @param revokes whether what it holds is revoked, with the reason affiliationChanged
  /// @return the device as it is now
  public Device transfer(DeviceId device, String owner, boolean revokes, String why, Actor actor)
      throws Refused {
    SlotId operational = SlotId.operational(device);
    return step(
        revokes ? slots(operational) : List.of(operational),
        why,
        actor,
        (sighting, writes, now) -> {
          Device before = sighting.device();
          if (before.owner().equals(owner)) {
            return before;
          }
          Device after;
          try {
            after = before.of(owner, before.environment());
          } catch (IllegalArgumentException e) {
            throw new Refused(Refusal.REQUEST_MALFORMED, String.valueOf(e.getMessage()));
          }
          if (!actor.scope().covers(after)) {
            throw new Refused(
                Refusal.FORBIDDEN, actor.name() + " does not act for the owner " + owner);
          }
          if (sighting.lineage().slot().equals(operational)) {
            reassign(before, after, writes, now, EntryKind.DEVICE_TRANSFERRED);
          }
          if (revokes) {
            for (Link link : sighting.lineage().links()) {
              writes.apply(
                  rotation,
                  new Event.Revoked(
                      link.id(), RevocationReason.AFFILIATION_CHANGED, link.issuedAt(), now),
                  sighting.terms());
            }
          }
          return after;
        });
  }

  private List<SlotId> slots(SlotId operational) throws Refused {
    try {
      return Stream.concat(
              lineages.slots(operational.device()).stream()
                  .filter(slot -> !slot.equals(operational)),
              Stream.of(operational))
          .toList();
    } catch (StoreFailure failure) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the store did not answer", failure);
    }
  }

  private static void reassign(
      Device before, Device after, Writes writes, Instant now, EntryKind kind) {
    writes.add(
        new InventoryChange.ReassignDevice(
            before.id(), before.owner(), before.environment(), after.owner(), after.environment()));
    writes.add(new EnrolmentChange.EndTokens(before.id(), now));
    writes.record(
        kind,
        now,
        Map.of(
            "from-owner", before.owner(),
            "from-environment", before.environment().word(),
            "owner", after.owner(),
            "environment", after.environment().word()));
    writes.record(EntryKind.TOKENS_ENDED, now, Map.of());
  }

  @FunctionalInterface
  private interface Act {
    Device decide(Sighting sighting, Writes writes, Instant now) throws Refused;
  }

  /// Decides on each of the slots, which are of one device, and commits all of it at once.
  private Device step(List<SlotId> slots, String why, Actor actor, Act act) throws Refused {
    actor.must(Permission.OPERATE);
    Reason.checked(why);
    return Stubborn.insist(() -> {
      List<Change> changes = new ArrayList<>();
      List<Entry> entries = new ArrayList<>();
      Optional<Device> device = Optional.empty();
      for (SlotId slot : slots) {
        Sighting sighting =
            lineages
                .whole(slot)
                .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + slot.device()));
        actor.must(Permission.OPERATE, sighting.device());
        if (sighting.device().state() instanceof DeviceState.Scrapped) {
          throw new Refused(Refusal.DEVICE_SCRAPPED, "device: " + slot.device());
        }
        Writes writes = new Writes(sighting.lineage(), actor.name(), Optional.of(why));
        device = Optional.of(act.decide(sighting, writes, time.instant()));
        changes.addAll(writes.decision().changes());
        entries.addAll(writes.decision().entries());
      }
      boolean written =
          changes.isEmpty()
              || commits.commit(new Decision(changes, entries)) instanceof Outcome.Committed;
      return written ? device : Optional.empty();
    });
  }
}
