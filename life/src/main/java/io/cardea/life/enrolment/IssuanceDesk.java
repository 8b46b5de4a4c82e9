package io.cardea.life.enrolment;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.ledger.Change;
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

/// Stops and resumes the issuing of certificates for devices, on every replica from the next
/// request on.
///
/// It ends nothing: what was issued is accepted as before, a retry gets the answer that it had, and
/// revoking goes on. The server's own certificates are issued too, or it would go dark in the
/// middle of an incident. A device whose last credential expires meanwhile is locked out until
/// issuing goes on; within the grace of its class it then renews as if nothing had been.
public final class IssuanceDesk {
  private final Freezes freezes;
  private final Commits commits;
  private final InstantSource time;

  public IssuanceDesk(Freezes freezes, Commits commits, InstantSource time) {
    this.freezes = freezes;
    this.commits = commits;
    this.time = time;
  }

  public Optional<Freeze> freeze(Actor actor) throws Refused {
    actor.must(Permission.SEE);
    return freezes.freeze();
  }

  /// Stops issuing. While it is stopped, stopping it again changes nothing.
  public Freeze stop(String why, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    Freeze wanted = new Freeze(time.instant(), actor.name(), Reason.checked(why));
    boolean written =
        commit(
            new EnrolmentChange.StopIssuing(wanted),
            EntryKind.ISSUING_PAUSED,
            wanted.since(),
            actor,
            why);
    return written ? wanted : freezes.freeze().orElseThrow(IssuanceDesk::changedMeanwhile);
  }

  /// Lets issuing go on.
  ///
  /// @throws Refused with [Refusal#CONFLICT] if it is not stopped
  public void resume(String why, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    if (!commit(
        new EnrolmentChange.ResumeIssuing(),
        EntryKind.ISSUING_RESUMED,
        time.instant(),
        actor,
        Reason.checked(why))) {
      throw new Refused(Refusal.CONFLICT, "issuing is not frozen");
    }
  }

  private boolean commit(Change change, EntryKind kind, Instant now, Actor actor, String why) {
    Entry entry = new Entry(kind, now, actor.name(), Optional.empty(), Map.of("why", why));
    return commits.commit(new Decision(List.of(change), List.of(entry)))
        instanceof Outcome.Committed;
  }

  private static Refused changedMeanwhile() {
    return new Refused(Refusal.CONFLICT, "issuing was resumed meanwhile");
  }
}
