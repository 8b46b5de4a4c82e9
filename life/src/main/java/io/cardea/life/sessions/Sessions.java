package io.cardea.life.sessions;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.sessions.OpenSessions.Opened;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// What enforcement points tell, and what they are told to end.
///
/// An enforcement point calls [#open] before it lets a device in, and lets it in only when that
/// says [Admission.Admitted]. It calls [#close] when the connection is gone, [#heard] at least
/// every [#RENEWAL], and ends what [#toEnd] lists, which it asks for often. Every call may be made
/// again.
///
/// Guarantees that a session which was admitted by a credential that is revoked later, or whose
/// device is quarantined or scrapped, is in [#toEnd] from the moment that decision is durable; and
/// that its end is in the ledger, with the time between. Sessions of a reporter that was not heard
/// of for [#SILENCE] depend on nothing any more (R3): it may be gone for ever.
public final class Sessions {
  /// How long a reporter may be silent before its sessions are taken for gone.
  public static final Duration SILENCE = Duration.ofSeconds(90);

  /// How often a reporter should be heard of.
  public static final Duration RENEWAL = SILENCE.dividedBy(3);

  private static final int BATCH = 1_000;
  private static final int REMEMBERED = 1_024;

  private final Inventory inventory;
  private final OpenSessions open;
  private final Access access;
  private final Commits commits;
  private final TrustedTime time;
  private final RefusalsElsewhere refusals;

  /// When each reporter that this replica hears was last written down.
  private final Map<Reporter, Instant> renewed = new ConcurrentHashMap<>();

  public Sessions(
      Inventory inventory, OpenSessions open, Access access, Commits commits, TrustedTime time) {
    this.inventory = inventory;
    this.open = open;
    this.access = access;
    this.commits = commits;
    this.time = time;
    this.refusals = new RefusalsElsewhere(access, commits, time);
  }

  /// A device wants in, or is in: a session that is told of again is the same one.
  ///
  /// @param certificate that it showed
  /// @param fullHandshake whether it showed the key too, in a handshake that was no resumption: a
  ///   proof, at an audience that may prove (R2)
  /// @param claimed the device that it says it is, if it says so
  /// @throws Refused when nothing can be judged now: let nobody in
  public Admission open(
      Reporter reporter,
      String session,
      Fingerprint certificate,
      boolean fullHandshake,
      Optional<DeviceId> claimed)
      throws Refused {
    Instant now = time.instant();
    boolean[] tooMany = {false};
    Admission admission =
        access.report(
            new Access.Report(reporter.audience(), certificate, fullHandshake, claimed),
            (slot, credential, version) -> {
              renew(reporter, now);
              Opened opened =
                  open.open(
                      new Session(reporter, session, slot, credential, now, Optional.empty()),
                      version);
              tooMany[0] = opened == Opened.TOO_MANY;
              return opened != Opened.STALE;
            });
    if (tooMany[0] && admission instanceof Admission.Admitted(var device, _)) {
      return new Admission.Denied(Refusal.TOO_MANY_SESSIONS, Optional.of(device));
    }
    return admission;
  }

  /// A use of a credential that was accepted, where there are no sessions or none is told of.
  public Admission seen(Reporter reporter, Fingerprint certificate, boolean fullHandshake)
      throws Refused {
    return access.report(
        new Access.Report(reporter.audience(), certificate, fullHandshake, Optional.empty()),
        (_, _, _) -> true);
  }

  /// The audience refused a credential. Never a fork (R7); when Cardea would have accepted it, a
  /// finding.
  public void refused(Reporter reporter, Fingerprint certificate, String why) throws Refused {
    refusals.tell(reporter, certificate, why);
  }

  /// The connection is gone. One that nobody knows is closed already.
  public void close(Reporter reporter, String session) throws Refused {
    stored(() -> {
      if (!open.close(reporter, session)) {
        open.session(reporter, session).ifPresent(its -> end(its, "closed"));
      }
      return true;
    });
  }

  /// All connections of that run are gone: the enforcement point stops, or has started again.
  public void closeAll(Reporter reporter) throws Refused {
    stored(() -> {
      endAll(reporter, "closed");
      return true;
    });
    renewed.remove(reporter);
  }

  /// The reporter is alive.
  ///
  /// @return false when none of its sessions is known, any more or yet: it has to [#open] all of
  ///   them again, without a full handshake
  /// @throws Refused with [Refusal#REPORTER_NOT_ENTITLED]
  public boolean heard(Reporter reporter) throws Refused {
    return stored(() -> {
      Optional<Audience> its =
          inventory.audiences().stream()
              .filter(each -> each.name().equals(reporter.audience()) && each.reports())
              .findFirst();
      if (its.isEmpty()) {
        throw new Refused(
            Refusal.REPORTER_NOT_ENTITLED, "audience: " + reporter.audience() + " does not report");
      }
      return open.heard(reporter, time.instant().plus(SILENCE));
    });
  }

  /// The sessions that the reporter has to end now, the longest waiting first.
  public List<Session> toEnd(Reporter reporter, int limit) throws Refused {
    return stored(() -> open.toEnd(reporter, limit));
  }

  /// The sessions of a device, for people.
  public List<Session> ofDevice(DeviceId device, Actor actor) throws Refused {
    Device its =
        inventory
            .device(device)
            .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + device));
    actor.must(Permission.SEE, its);
    return open.sessionsOf(device);
  }

  /// Forgets the sessions of reporters that fell silent. Those that had to end are remembered as
  /// such: nobody confirmed that they did.
  ///
  /// @return how many reporters
  public int sweep(int limit) {
    if (!time.trusted()) {
      return 0;
    }
    List<Reporter> silent = open.silent(time.instant(), limit);
    for (Reporter reporter : silent) {
      endAll(reporter, "fell silent");
      open.forget(reporter);
    }
    return silent.size();
  }

  private void endAll(Reporter reporter, String how) {
    while (open.closeAll(reporter, BATCH) == BATCH) {
      // the next batch
    }
    List<Session> rest = open.toEnd(reporter, BATCH);
    while (!rest.isEmpty()) {
      rest.forEach(session -> end(session, how));
      rest = rest.size() < BATCH ? List.of() : open.toEnd(reporter, BATCH);
    }
  }

  /// Whoever loses against another who ends it finds it ended.
  private void end(Session session, String how) {
    Instant now = time.instant();
    Map<String, String> facts = new TreeMap<>();
    facts.put("audience", session.reporter().audience());
    facts.put("session", session.id());
    facts.put("credential", session.credential().toString());
    facts.put("how", how);
    session
        .endingSince()
        .ifPresent(since -> {
          facts.put("decided", since.toString());
          facts.put("took-ms", Long.toString(Duration.between(since, now).toMillis()));
        });
    Outcome _ =
        commits.commit(
            new Decision(
                List.of(new SessionChange.EndSession(session.reporter(), session.id())),
                List.of(
                    Entry.about(
                        session.slot().device().value(),
                        EntryKind.SESSION_ENDED,
                        now,
                        "audience:" + session.reporter().audience(),
                        facts))));
  }

  /// Not at each of its calls: what is written lasts for a while.
  private void renew(Reporter reporter, Instant now) {
    Instant last = renewed.get(reporter);
    if (last == null || !now.isBefore(last.plus(RENEWAL)) || now.isBefore(last)) {
      open.renew(reporter, now.plus(SILENCE));
      if (renewed.size() >= REMEMBERED) {
        renewed.clear();
      }
      renewed.put(reporter, now);
    }
  }

  @FunctionalInterface
  private interface Stored<T> {
    T run() throws Refused;
  }

  private static <T> T stored(Stored<T> act) throws Refused {
    try {
      return act.run();
    } catch (StoreFailure failure) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "the store did not confirm; try again", failure);
    }
  }
}
