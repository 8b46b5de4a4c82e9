package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

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
  /// R8 does not end at the slot: whoever had the key of a certificate could open every secret that
  /// was sent to the device since then. So those go with it.
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
    boolean follows = reason.cascades() && known.kind() instanceof CredentialKind.X509;
    Instant from = since.orElse(known.issuedAt());
    return step(
        follows ? slots(known.slot()) : List.of(known.slot()),
        Permission.REVOKE,
        actor,
        why,
        (sighting, writes, now) -> {
          if (from.isAfter(now)) {
            throw new Refused(Refusal.REQUEST_MALFORMED, "since: " + from + " (expected: past)");
          }
          for (Link link : sighting.lineage().links()) {
            boolean sent =
                !sighting.lineage().slot().equals(known.slot()) && !link.issuedAt().isBefore(from);
            if (sent || link.id().equals(credential)) {
              writes.apply(
                  rotation, new Event.Revoked(link.id(), reason, from, now), sighting.terms());
            }
          }
        });
  }

  /// Revokes every credential of the device; the device may enrol again with a token.
  public int revokeDevice(
      DeviceId device, RevocationReason reason, Optional<String> why, Actor actor) throws Refused {
    return step(
        slots(SlotId.operational(device)),
        Permission.REVOKE,
        actor,
        why,
        (sighting, writes, now) -> revokeAll(sighting, writes, reason, now));
  }

  /// Ends the life of the device: every credential is revoked, and nothing is issued to it again.
  public int scrap(DeviceId device, String why, Actor actor) throws Refused {
    return step(
        slots(SlotId.operational(device)),
        Permission.OPERATE,
        actor,
        Optional.of(why),
        (sighting, writes, now) -> {
          DeviceState state = sighting.device().state();
          if (state instanceof DeviceState.Scrapped) {
            return;
          }
          revokeAll(sighting, writes, RevocationReason.CESSATION_OF_OPERATION, now);
          if (sighting.lineage().slot().equals(SlotId.operational(device))) {
            writes.add(new InventoryChange.MoveDevice(device, state, state.scrapped()));
            writes.record(EntryKind.DEVICE_SCRAPPED, now, Map.of());
          }
        });
  }

  /// Settles the forks of a device: whatever a forked lineage holds is revoked, and the device
  /// enrols anew with a second proof.
  public int settle(DeviceId device, String why, Actor actor) throws Refused {
    AtomicBoolean forked = new AtomicBoolean();
    return step(
        slots(SlotId.operational(device)).reversed(),
        Permission.OPERATE,
        actor,
        Optional.of(why),
        (sighting, writes, now) -> {
          if (sighting.lineage().forkedAt().isPresent()) {
            forked.set(true);
            writes.apply(rotation, new Event.Settled(now), sighting.terms());
            writes.record(EntryKind.LINEAGE_SETTLED, now, Map.of());
          } else if (sighting.lineage().slot().equals(SlotId.operational(device))
              && !forked.get()) {
            throw new Refused(Refusal.CONFLICT, "device: " + device + " has no fork to settle");
          }
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
              List.of(each.slot()),
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

  /// This one first, then the other slots of its device.
  private List<SlotId> slots(SlotId first) throws Refused {
    try {
      return Stream.concat(
              Stream.of(first),
              lineages.slots(first.device()).stream().filter(slot -> !slot.equals(first)))
          .toList();
    } catch (StoreFailure failure) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the store did not answer", failure);
    }
  }

  /// Decides on each of the slots, which are of one device, and commits all of it at once.
  private int step(
      List<SlotId> slots, Permission needed, Actor actor, Optional<String> why, Step step)
      throws Refused {
    actor.must(needed);
    if (why.isPresent()) {
      Reason.checked(why.get());
    }
    return Stubborn.insist(() -> {
      List<Change> changes = new ArrayList<>();
      List<Entry> entries = new ArrayList<>();
      int ended = 0;
      for (SlotId slot : slots) {
        Sighting sighting =
            lineages
                .whole(slot)
                .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + slot.device()));
        actor.must(needed, sighting.device());
        Writes writes = new Writes(sighting.lineage(), actor.name(), why);
        step.decide(sighting, writes, time.instant());
        changes.addAll(writes.decision().changes());
        entries.addAll(writes.decision().entries());
        ended += ended(writes.lineage()) - ended(sighting.lineage());
      }
      boolean written =
          (changes.isEmpty() && entries.isEmpty())
              || commits.commit(new Decision(changes, entries)) instanceof Outcome.Committed;
      return written ? Optional.of(ended) : Optional.empty();
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
