package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.PendingEnrolment.State;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Where requests wait for an operator, in classes that ask for it. What waits is bounded, for a
/// device and in all: strangers cannot get here, since who asks was authenticated before.
public final class ApprovalDesk {
  private final PendingEnrolments pending;
  private final Inventory inventory;
  private final Commits commits;
  private final InstantSource time;

  public ApprovalDesk(
      PendingEnrolments pending, Inventory inventory, Commits commits, InstantSource time) {
    this.pending = pending;
    this.inventory = inventory;
    this.commits = commits;
    this.time = time;
  }

  /// What is known of this device's request for this key; asked for now if it was not before. The
  /// same request again gets the same one.
  ///
  /// @throws Refused with [Refusal#OVERLOADED] when as many wait as may
  PendingEnrolment request(DeviceId device, Fingerprint key, Instant now) throws Refused {
    List<PendingEnrolment> its =
        pending.pendingOf(device).stream().filter(each -> now.isBefore(each.expiresAt())).toList();
    Optional<PendingEnrolment> known =
        its.stream().filter(each -> each.key().equals(key)).findFirst();
    if (known.isPresent()) {
      return known.get();
    }
    if (its.size() >= PendingEnrolment.MOST_OF_A_DEVICE
        || pending.pendingCount() >= PendingEnrolment.MOST) {
      throw new Refused(Refusal.OVERLOADED, "as many requests wait for an operator as may");
    }
    PendingEnrolment fresh =
        new PendingEnrolment(
            UUID.randomUUID(), device, key, now, now.plus(PendingEnrolment.LIFE), State.WAITING);
    Entry entry =
        Entry.about(
            device.value(),
            EntryKind.ENROLMENT_REQUESTED,
            now,
            "device:" + device,
            Map.of("enrolment", fresh.id().toString(), "key", key.hex()));
    return switch (commits.commit(
        new Decision(List.of(new EnrolmentChange.AskApproval(fresh)), List.of(entry)))) {
      case Outcome.Committed _ -> fresh;
      // The same request came twice at once; the other one's row answers the next retry.
      case Outcome.Stale _, Outcome.Taken _ -> fresh;
    };
  }

  /// Those that wait, as far as the actor sees their devices.
  public List<PendingEnrolment> waiting(int limit, Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return pending.waiting(limit).stream()
        .filter(each -> inventory.device(each.device()).filter(actor::sees).isPresent())
        .toList();
  }

  /// Says yes or no. The same word again changes nothing; another one is a conflict.
  public PendingEnrolment decide(UUID id, boolean yes, String why, Actor actor) throws Refused {
    actor.must(Permission.OPERATE);
    Reason.checked(why);
    PendingEnrolment its =
        pending.pending(id).orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "enrolment: " + id));
    Device device =
        inventory
            .device(its.device())
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "enrolment: " + id));
    if (!actor.scope().covers(device)) {
      throw new Refused(Refusal.NOT_FOUND, "enrolment: " + id);
    }
    State wanted = yes ? State.APPROVED : State.REFUSED;
    if (its.state() == wanted) {
      return its;
    }
    Entry entry =
        Entry.about(
            its.device().value(),
            yes ? EntryKind.ENROLMENT_APPROVED : EntryKind.ENROLMENT_REFUSED,
            time.instant(),
            actor.name(),
            Map.of("enrolment", id.toString(), "key", its.key().hex(), "why", why));
    return switch (commits.commit(
        new Decision(List.of(new EnrolmentChange.DecideApproval(id, wanted)), List.of(entry)))) {
      case Outcome.Committed _ -> its.in(wanted);
      case Outcome.Stale _, Outcome.Taken _ ->
          throw new Refused(Refusal.CONFLICT, "enrolment: " + id + " was decided already");
    };
  }
}
