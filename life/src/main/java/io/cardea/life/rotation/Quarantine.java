package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.EntryKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Ends a device's access for a while (R11). It goes on renewing, so that a device which is held by
/// mistake is not stranded; whatever it holds, and whatever it is issued meanwhile, is on hold in
/// the revocation data until it is released.
///
/// Each act steps the slot, so that a credential which is issued at the same moment is either seen
/// here and held, or issued to a device that is known to be held. Doing an act again changes
/// nothing.
public final class Quarantine {
  private final Lineages lineages;
  private final Commits commits;
  private final TrustedTime time;

  public Quarantine(Lineages lineages, Commits commits, TrustedTime time) {
    this.lineages = lineages;
    this.commits = commits;
    this.time = time;
  }

  /// @return how many credentials were put on hold
  /// @throws Refused with [Refusal#CONFLICT] unless the device is enrolled
  public int begin(DeviceId device, String why, Actor actor) throws Refused {
    return step(
        device,
        why,
        actor,
        (sighting, writes, now) -> {
          switch (sighting.device().state()) {
            case DeviceState.Quarantined _ -> {
              return 0;
            }
            case DeviceState.Enrolled enrolled -> {
              writes.add(new InventoryChange.MoveDevice(device, enrolled, enrolled.quarantined()));
              writes.record(EntryKind.DEVICE_QUARANTINED, now, Map.of());
              List<Link> held = standing(sighting.lineage(), now);
              held.forEach(link -> hold(writes, link.id(), now));
              return held.size();
            }
            case DeviceState.Registered _ ->
                throw new Refused(
                    Refusal.CONFLICT, "device: " + device + " has no access that could end");
            case DeviceState.Scrapped _ ->
                throw new Refused(Refusal.DEVICE_SCRAPPED, "device: " + device);
          }
        });
  }

  /// @return how many credentials were released
  /// @throws Refused with [Refusal#CONFLICT] for a device that was never enrolled
  public int end(DeviceId device, String why, Actor actor) throws Refused {
    return step(
        device,
        why,
        actor,
        (sighting, writes, now) -> {
          switch (sighting.device().state()) {
            case DeviceState.Enrolled _ -> {
              return 0;
            }
            case DeviceState.Quarantined quarantined -> {
              writes.add(
                  new InventoryChange.MoveDevice(device, quarantined, quarantined.released()));
              writes.record(EntryKind.DEVICE_RELEASED, now, Map.of());
              List<Link> released = standing(sighting.lineage(), now);
              released.forEach(link -> {
                writes.add(new RotationChange.LiftHold(link.id()));
                writes.record(
                    EntryKind.CREDENTIAL_RELEASED, now, Map.of("credential", link.id().toString()));
              });
              return released.size();
            }
            case DeviceState.Registered _ ->
                throw new Refused(Refusal.CONFLICT, "device: " + device + " is not in quarantine");
            case DeviceState.Scrapped _ ->
                throw new Refused(Refusal.DEVICE_SCRAPPED, "device: " + device);
          }
        });
  }

  /// Puts a credential on hold, with the entry that remembers it.
  public static void hold(Writes writes, CredentialId credential, Instant now) {
    writes.add(new RotationChange.HoldCredential(credential, now));
    writes.record(EntryKind.CREDENTIAL_HELD, now, Map.of("credential", credential.toString()));
  }

  /// What somebody who reads revocation lists alone would still accept: a retired one too.
  private static List<Link> standing(Lineage lineage, Instant now) {
    return lineage.links().stream()
        .filter(link -> link.state() != CredentialState.REVOKED && !link.expiredAt(now))
        .toList();
  }

  @FunctionalInterface
  private interface Act {
    int decide(Sighting sighting, Writes writes, Instant now) throws Refused;
  }

  private int step(DeviceId device, String why, Actor actor, Act act) throws Refused {
    actor.must(Permission.OPERATE);
    Reason.checked(why);
    return Stubborn.insist(() -> {
      Sighting sighting =
          lineages
              .whole(SlotId.operational(device))
              .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + device));
      actor.must(Permission.OPERATE, sighting.device());
      Writes writes = new Writes(sighting.lineage(), actor.name(), Optional.of(why));
      int count = act.decide(sighting, writes, time.instant());
      if (!writes.isEmpty() && !(commits.commit(writes.decision()) instanceof Outcome.Committed)) {
        return Optional.empty();
      }
      return Optional.of(count);
    });
  }
}
