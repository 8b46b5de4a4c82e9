package io.cardea.life.sessions;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.Access.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Raises a finding when an audience refuses a credential that Cardea accepts: a healthy device is
/// locked out there (P1). Now and then for each, so that nobody can fill the ledger by it.
final class RefusalsElsewhere {
  private static final Duration NOW_AND_THEN = Duration.ofHours(1);
  private static final int REMEMBERED = 10_000;
  private static final int LONGEST = 200;

  private final Access access;
  private final Commits commits;
  private final TrustedTime time;

  private record RefusedUse(String audience, Fingerprint certificate) {}

  private final Map<RefusedUse, Instant> told = new LinkedHashMap<>();

  RefusalsElsewhere(Access access, Commits commits, TrustedTime time) {
    this.access = access;
    this.commits = commits;
    this.time = time;
  }

  void tell(Reporter reporter, Fingerprint certificate, String why) throws Refused {
    if (why.length() > LONGEST || why.chars().anyMatch(Character::isISOControl)) {
      throw new Refused(
          Refusal.REQUEST_MALFORMED,
          "why: " + why.length() + " characters (expected: <= " + LONGEST + ", printable)");
    }
    Instant now = time.instant();
    RefusedUse use = new RefusedUse(reporter.audience(), certificate);
    if (!isNews(use, now)
        || !(access.wouldUse(certificate) instanceof Admission.Admitted(var device, var id))) {
      return;
    }
    try {
      Outcome _ =
          commits.commit(
              new Decision(
                  List.of(),
                  List.of(
                      Entry.about(
                          device.id().value(),
                          EntryKind.FINDING_RAISED,
                          now,
                          "audience:" + reporter.audience(),
                          Map.of(
                              "finding",
                              "refused-elsewhere",
                              "audience",
                              reporter.audience(),
                              "credential",
                              id.toString(),
                              "words",
                              why)))));
    } catch (StoreFailure failure) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the store did not confirm; try again", failure);
    }
  }

  private synchronized boolean isNews(RefusedUse use, Instant now) {
    Instant last = told.get(use);
    if (last != null && now.isBefore(last.plus(NOW_AND_THEN))) {
      return false;
    }
    if (told.size() >= REMEMBERED) {
      told.remove(told.keySet().iterator().next());
    }
    told.put(use, now);
    return true;
  }
}
