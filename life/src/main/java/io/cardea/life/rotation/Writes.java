package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Collects what the transitions of one slot want written, for one decision.
///
/// Everything in it stands or falls with the step of the slot (R9).
public final class Writes {
  private final Lineage before;
  private final String actor;
  private final Optional<String> why;
  private final List<Change> changes = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private Lineage now;
  private boolean stepped;

  public Writes(Lineage before, String actor) {
    this(before, actor, Optional.empty());
  }

  /// @param why an operator's words, which go with each entry
  public Writes(Lineage before, String actor, Optional<String> why) {
    this.before = before;
    this.now = before;
    this.actor = actor;
    this.why = why;
  }

  /// The lineage after all that was taken in.
  public Lineage lineage() {
    return now;
  }

  /// Applies an event and takes in what it wants written.
  public Verdict apply(Rotation rotation, Event event, Terms terms) {
    Transition transition = rotation.transition(now, event, terms);
    Optional<Instant> invalidSince =
        event instanceof Event.Revoked(_, var reason, var since, _) && reason.cascades()
            ? Optional.of(since)
            : Optional.empty();
    for (Effect effect : transition.effects()) {
      take(effect, invalidSince);
    }
    now = transition.next();
    return transition.verdict();
  }

  /// Adds a row beside those of the transitions.
  public void add(Change change) {
    changes.add(change);
    stepped = true;
  }

  public void record(EntryKind kind, Instant at, Map<String, String> facts) {
    Map<String, String> all = new TreeMap<>(facts);
    why.ifPresent(words -> all.put("why", words));
    if (besideCertificates()) {
      all.put("slot", before.slot().name());
    }
    entries.add(Entry.about(device().value(), kind, at, actor, all));
  }

  public boolean isEmpty() {
    return !stepped && changes.isEmpty() && entries.isEmpty();
  }

  public Decision decision() {
    List<Change> all = new ArrayList<>(changes.size() + 1);
    if (stepped) {
      all.add(
          new RotationChange.StepSlot(
              now.slot(),
              before.version(),
              now.uses(),
              now.forkedAt(),
              now.pace(),
              now.reports().seen()));
    }
    all.addAll(changes);
    return new Decision(all, entries);
  }

  private DeviceId device() {
    return before.slot().device();
  }

  private void take(Effect effect, Optional<Instant> invalidSince) {
    stepped = true;
    switch (effect) {
      case Effect.Moved moved -> {
        changes.add(new RotationChange.MoveCredential(moved.credential(), moved.to(), moved.at()));
        switch (moved.to()) {
          case CURRENT -> {
            if (besideCertificates()) {
              changes.add(new RotationChange.ForgetSealed(moved.credential()));
            }
            record(EntryKind.CREDENTIAL_PROVEN, moved.at(), credential(moved.credential()));
          }
          case RETIRED ->
              record(EntryKind.CREDENTIAL_RETIRED, moved.at(), ended(moved.credential()));
          // Follows from the proof that stands beside it in the same commit.
          case STAGED, RETIRING, REVOKED -> {}
        }
      }
      case Effect.RevokedFor revoked -> {
        changes.add(
            new RotationChange.RevokeCredential(
                revoked.credential(), revoked.reason(), revoked.at(), invalidSince));
        Map<String, String> facts = new TreeMap<>(ended(revoked.credential()));
        facts.put("reason", revoked.reason().word());
        record(EntryKind.CREDENTIAL_REVOKED, revoked.at(), facts);
      }
      case Effect.UseRecorded use -> {
        changes.add(new RotationChange.RecordUse(use.credential(), use.first(), use.at()));
        if (!use.first()) {
          record(EntryKind.CREDENTIAL_USED, use.at(), credential(use.credential()));
        }
      }
      case Effect.SlotChanged _ -> {}
      case Effect.SeenBy(var audience, var credential, var at) ->
          record(
              EntryKind.CREDENTIAL_SEEN,
              at,
              Map.of("credential", credential.toString(), "audience", audience));
      case Effect.LeftBehind(var credential) ->
          changes.add(new RotationChange.LookAgain(credential));
      case Effect.TokenSpent spent -> {
        changes.add(new RotationChange.SpendToken(spent.token(), spent.at()));
        record(EntryKind.TOKEN_SPENT, spent.at(), Map.of("token", spent.token().toString()));
      }
      case Effect.BirthSpent spent -> {
        changes.add(new RotationChange.SpendBirth(spent.birth(), spent.at()));
        record(EntryKind.BIRTH_SPENT, spent.at(), Map.of("birth", spent.birth().toString()));
      }
      case Effect.KeyCondemned condemned -> {
        Change condemn = new RotationChange.CondemnKey(condemned.key(), condemned.since());
        if (!changes.contains(condemn)) {
          changes.add(condemn);
          record(
              EntryKind.KEY_CONDEMNED,
              condemned.at(),
              Map.of("key", condemned.key().hex(), "since", condemned.since().toString()));
        }
      }
      case Effect.ForkDeclared fork ->
          record(
              EntryKind.LINEAGE_FORKED,
              fork.at(),
              Map.of(
                  "slot", before.slot().name(),
                  "one", fork.one().toString(),
                  "other", fork.other().toString()));
      case Effect.ReturnedToAncestor returned ->
          record(
              EntryKind.FINDING_RAISED,
              returned.at(),
              Map.of(
                  "finding", "returned-to-ancestor",
                  "from", returned.from().toString(),
                  "to", returned.to().toString()));
      case Effect.SecondBranchProven branch ->
          record(
              EntryKind.FINDING_RAISED,
              branch.at(),
              Map.of(
                  "finding", "second-branch-proven",
                  "proven", branch.proven().toString(),
                  "other", branch.other().toString()));
    }
  }

  /// What is accepted no more leaves nothing that could bring it back; the ledger says so.
  private Map<String, String> ended(CredentialId credential) {
    if (!besideCertificates()) {
      return credential(credential);
    }
    changes.add(new RotationChange.DestroySecret(credential));
    return Map.of("credential", credential.toString(), "secret", "destroyed");
  }

  private boolean besideCertificates() {
    return !before.slot().name().equals(SlotId.OPERATIONAL);
  }

  private static Map<String, String> credential(CredentialId credential) {
    return Map.of("credential", credential.toString());
  }
}
