package io.cardea.trials.faults.explorer;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Transition;
import io.cardea.life.rotation.Verdict;
import io.cardea.trials.faults.explorer.Move.Kind;
import java.nio.charset.StandardCharsets;

/// Everything that can happen next in a situation. What the server makes of it, its rules say.
final class Moves {
  /// Takes what can happen.
  @FunctionalInterface
  interface Listener {
    void happens(Move move, Situation after);
  }

  private static final Fingerprint FRESH_KEY =
      Fingerprint.of("fresh".getBytes(StandardCharsets.UTF_8));

  private final Rules rules;
  private final World world;
  private final int bound;

  Moves(Rules rules, World world, int bound) {
    this.rules = rules;
    this.world = world;
    this.bound = bound;
  }

  void from(Situation now, Listener listener) {
    // Every door is closed; what matters of a fork is that it was declared.
    if (now.forked()) {
      return;
    }
    device(now, listener);
    thief(now, listener);
    time(now, listener);
  }

  private void device(Situation now, Listener listener) {
    for (int credential = 0; credential < now.size(); credential++) {
      if ((now.held() & 1 << credential) == 0 || !wouldUse(now, credential)) {
        continue;
      }
      Transition use = use(now.lineage(), credential);
      boolean accepted = use.verdict() instanceof Verdict.Accept;
      boolean stays = accepted && !isOlder(now, credential);
      Situation after = now.afterTurn(use.next(), stays ? credential : now.favourite());
      listener.happens(new Move(Kind.DEVICE_USES, credential, -1, accepted), after);
      if (!after.forked()) {
        renew(after, credential, listener);
      }
    }
  }

  /// The client's side of R7: what was once used with success stays in use until it is refused.
  private boolean wouldUse(Situation now, int credential) {
    return switch (rules.client()) {
      case STICKY -> !isOlder(now, credential);
      case CHANGES_OVER ->
          !isOlder(now, credential)
              || now.link(now.favourite()).provenAt().filter(Situation.NOW::equals).isPresent();
      case ANY -> true;
    };
  }

  /// Older than another one that was used with success, and that is still accepted.
  private boolean isOlder(Situation now, int credential) {
    int favourite = now.favourite();
    return favourite > credential
        && (now.held() & 1 << favourite) != 0
        && accepts(now.lineage(), favourite);
  }

  private void renew(Situation now, int credential, Listener listener) {
    boolean full = now.size() >= bound;
    int key = now.size();
    if (now.pending() >= 0 && (!world.newKey() || full)) {
      key = now.pending();
    } else if (full) {
      return;
    }
    Verdict verdict = request(now.lineage(), credential, Situation.key(key));
    Lineage issued = now.lineage();
    int got;
    if (verdict instanceof Verdict.AnswerWith(var id)) {
      got = Situation.number(id);
    } else if (verdict instanceof Verdict.Issue issue && !full) {
      got = now.size();
      issued = issue(now.lineage(), issue, key);
    } else {
      return;
    }
    listener.happens(
        new Move(Kind.DEVICE_RENEWS_IN_VAIN, credential, key, true), now.waitingFor(issued, key));
    int held = 1 << got | (world.careful() ? now.held() : 0);
    listener.happens(
        new Move(Kind.DEVICE_RENEWS, credential, key, true), now.holding(issued, held));
  }

  private void thief(Situation now, Listener listener) {
    if (now.stolen() == 0) {
      steal(now, listener);
    }
    for (int credential = 0; credential < now.size(); credential++) {
      if ((now.stolen() & 1 << credential) == 0) {
        continue;
      }
      Transition use = use(now.lineage(), credential);
      boolean accepted = use.verdict() instanceof Verdict.Accept;
      Situation after = now.with(use.next());
      listener.happens(new Move(Kind.THIEF_USES, credential, -1, accepted), after);
      int key = now.size();
      if (!after.forked()
          && key < bound
          && request(after.lineage(), credential, Situation.key(key))
              instanceof Verdict.Issue issue) {
        listener.happens(
            new Move(Kind.THIEF_RENEWS, credential, key, true),
            after.robbed(issue(after.lineage(), issue, key), now.stolen() | 1 << key));
      }
    }
  }

  private void steal(Situation now, Listener listener) {
    switch (world.thief()) {
      case NONE -> {}
      case COPIES_FIRST ->
          listener.happens(new Move(Kind.THIEF_COPIES, 0, -1, true), now.robbed(now.lineage(), 1));
      case FINDS_RETIRED -> {
        for (int credential = 0; credential < now.size(); credential++) {
          if (now.link(credential).state() == CredentialState.RETIRED) {
            listener.happens(
                new Move(Kind.THIEF_FINDS, credential, -1, true),
                now.robbed(now.lineage(), 1 << credential));
          }
        }
      }
    }
  }

  private void time(Situation now, Listener listener) {
    if (now.hadTurn()) {
      Situation tomorrow = now.tomorrow();
      Lineage lineage = tomorrow.lineage();
      for (Link link : tomorrow.lineage().links()) {
        lineage = apply(lineage, new Event.OverlapEnded(link.id(), Situation.NOW)).next();
      }
      listener.happens(new Move(Kind.DAY_PASSES, -1, -1, true), tomorrow.with(lineage));
    }
    if (!now.expired() && now.size() > 1) {
      listener.happens(new Move(Kind.FIRST_EXPIRES, 0, -1, true), now.firstExpired());
    }
  }

  /// Whether a handshake with it would be let in.
  boolean accepts(Lineage lineage, int credential) {
    return use(lineage, credential).verdict() instanceof Verdict.Accept;
  }

  /// Whether what the device has on its disk opens anything to it: access, the answer to a retry,
  /// or a new credential.
  boolean deviceHasDoor(Situation now) {
    for (int credential = 0; credential < now.size(); credential++) {
      if ((now.held() & 1 << credential) != 0
          && (accepts(now.lineage(), credential)
              || opens(now.lineage(), credential, FRESH_KEY)
              || (retriesWithSameKey(now)
                  && opens(now.lineage(), credential, Situation.key(now.pending()))))) {
        return true;
      }
    }
    return false;
  }

  boolean haveGrace() {
    return !rules.terms().grace().isZero();
  }

  boolean retriesWithSameKey(Situation now) {
    return now.pending() >= 0 && !world.newKey();
  }

  private boolean opens(Lineage lineage, int credential, Fingerprint key) {
    return !(request(lineage, credential, key) instanceof Verdict.Refuse);
  }

  private Transition use(Lineage lineage, int credential) {
    return apply(lineage, new Event.Used(Situation.id(credential), Situation.NOW));
  }

  private Verdict request(Lineage lineage, int credential, Fingerprint key) {
    Knock knock = new Knock.ByCredential(Situation.id(credential));
    return apply(lineage, new Event.Requested(knock, key, Situation.NOW)).verdict();
  }

  private Lineage issue(Lineage lineage, Verdict.Issue issue, int key) {
    Link link =
        Situation.newLink(lineage.links().size(), key, issue.predecessor(), issue.generation());
    return apply(lineage, new Event.Issued(link, Situation.NOW)).next();
  }

  private Transition apply(Lineage lineage, Event event) {
    return rules.rotation().transition(lineage, event, rules.terms());
  }
}
