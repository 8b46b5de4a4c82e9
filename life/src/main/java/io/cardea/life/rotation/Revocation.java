package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.EntryKind;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Ends trust by decision: of one credential with what R8 takes along, of a device, of a device for
/// good; and settles forks.
///
/// Proof and revocation step the same row, so one of them sees the other; a revocation is final.
/// Why, in the operator's words, goes into the ledger with it.
public final class Revocation {
  /// When a retiring credential that something depends on is looked at again, though nobody said
  /// that this has changed.
  private static final Duration NEXT_LOOK = Duration.ofMinutes(10);

  private final Inventory inventory;
  private final Lineages lineages;
  private final Commits commits;
  private final Rotation rotation;
  private final TrustedTime time;

  public Revocation(
      Inventory inventory,
      Lineages lineages,
      Commits commits,
      Rotation rotation,
      TrustedTime time) {
    this.inventory = inventory;
    this.lineages = lineages;
    this.commits = commits;
    this.rotation = rotation;
    this.time = time;
  }

  /// Revokes a credential, and for a compromise what its key took part in since then. Doing it
  /// again changes nothing.
  ///
  /// @return how many credentials were revoked by this call
  public int revoke(
      CredentialId credential,
      RevocationReason reason,
      Optional<Instant> since,
      Optional<String> why,
      Actor actor)
      throws Refused {
    actor.must(Permission.REVOKE);
    Credential known =
        inventory
            .credential(credential, actor.scope())
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "credential: " + credential));
    return step(
        known.slot(),
        Permission.REVOKE,
        actor,
        why,
        (sighting, writes, now) -> {
          Instant from = since.orElse(known.issuedAt());
          if (from.isAfter(now)) {
            throw new Refused(Refusal.REQUEST_MALFORMED, "since: " + from + " (expected: past)");
          }
          writes.apply(
              rotation, new Event.Revoked(credential, reason, from, now), sighting.terms());
        });
  }

  /// Revokes every credential of the device; the device may enrol again with a token.
  public int revokeDevice(
      DeviceId device, RevocationReason reason, Optional<String> why, Actor actor) throws Refused {
    return step(
        SlotId.operational(device),
        Permission.REVOKE,
        actor,
        why,
        (sighting, writes, now) -> revokeAll(sighting, writes, reason, now));
  }

  /// Ends the life of the device: every credential is revoked, and nothing is issued to it again.
  public int scrap(DeviceId device, String why, Actor actor) throws Refused {
    return step(
        SlotId.operational(device),
        Permission.OPERATE,
        actor,
        Optional.of(why),
        (sighting, writes, now) -> {
          DeviceState state = sighting.device().state();
          if (state instanceof DeviceState.Scrapped) {
            return;
          }
          revokeAll(sighting, writes, RevocationReason.CESSATION_OF_OPERATION, now);
          writes.add(new InventoryChange.MoveDevice(device, state, state.scrapped()));
          writes.record(EntryKind.DEVICE_SCRAPPED, now, Map.of());
        });
  }

  /// Settles a fork: whatever the lineage holds is revoked, and the device enrols anew with a
  /// second proof.
  public int settle(DeviceId device, String why, Actor actor) throws Refused {
    return step(
        SlotId.operational(device),
        Permission.OPERATE,
        actor,
        Optional.of(why),
        (sighting, writes, now) -> {
          if (sighting.lineage().forkedAt().isEmpty()) {
            throw new Refused(Refusal.CONFLICT, "device: " + device + " has no fork to settle");
          }
          writes.apply(rotation, new Event.Settled(now), sighting.terms());
          writes.record(EntryKind.LINEAGE_SETTLED, now, Map.of());
        });
  }

  /// Retires what is due; what is not due any more is left alone.
  ///
  /// @return how many credentials were retired
  public int retireDue(int limit) throws Refused {
    if (!time.trusted()) {
      return 0;
    }
    int retired = 0;
    Instant begin = time.instant();
    Set<CredentialId> needed = new LinkedHashSet<>();
    for (Lineages.Retiring each : lineages.retiring(begin, limit)) {
      retired +=
          step(
              each.slot(),
              Permission.OPERATE,
              Actor.SERVER,
              Optional.empty(),
              (sighting, writes, now) -> {
                writes.apply(
                    rotation, new Event.OverlapEnded(each.credential(), now), sighting.terms());
                if (isNeeded(each.credential(), writes.lineage(), sighting.terms(), now)) {
                  needed.add(each.credential());
                }
              });
    }
    if (!needed.isEmpty()) {
      lineages.postpone(List.copyOf(needed), begin.plus(NEXT_LOOK));
    }
    return retired;
  }

  /// Whether its time is over, and something depends on it all the same.
  private static boolean isNeeded(
      CredentialId credential, Lineage lineage, Terms terms, Instant now) {
    return lineage
        .link(credential)
        .filter(link -> link.state() == CredentialState.RETIRING)
        .filter(link -> !now.isBefore(link.overlapEnds(terms.overlap())))
        .isPresent();
  }

  private void revokeAll(Sighting sighting, Writes writes, RevocationReason reason, Instant now) {
    for (Link link : sighting.lineage().links()) {
      writes.apply(
          rotation, new Event.Revoked(link.id(), reason, link.issuedAt(), now), sighting.terms());
    }
  }

  private int step(SlotId slot, Permission needed, Actor actor, Optional<String> why, Step step)
      throws Refused {
    actor.must(needed);
    if (why.isPresent()) {
      Reason.checked(why.get());
    }
    return Stubborn.insist(() -> {
      Sighting sighting =
          lineages
              .whole(slot)
              .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + slot.device()));
      actor.must(needed, sighting.device());
      Writes writes = new Writes(sighting.lineage(), actor.name(), why);
      step.decide(sighting, writes, time.instant());
      if (!writes.isEmpty() && !(commits.commit(writes.decision()) instanceof Outcome.Committed)) {
        return Optional.empty();
      }
      return Optional.of(ended(writes.lineage()) - ended(sighting.lineage()));
    });
  }

  private static int ended(Lineage lineage) {
    int ended = 0;
    for (Link link : lineage.links()) {
      if (link.state() == CredentialState.REVOKED || link.state() == CredentialState.RETIRED) {
        ended++;
      }
    }
    return ended;
  }

  @FunctionalInterface
  private interface Step {
    void decide(Sighting sighting, Writes writes, Instant now) throws Refused;
  }
}
