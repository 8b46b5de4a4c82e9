package io.cardea.trials.faults.explorer;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Effect;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Event.Standing;
import io.cardea.life.rotation.Event.Weight;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Transition;
import io.cardea.life.rotation.Verdict;
import io.cardea.trials.faults.explorer.Scene.Flag;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/// Everything that can happen next in a scene. What the server makes of it, its rules say.
///
/// The device is a plain one: a new credential replaces the old one when it arrives, but where an
/// audience or a session depends on the old one, which a careful device keeps.
final class SceneMoves {
  static final String AUDIENCE = "broker";
  private static final UUID TOKEN = new UUID(0, 99);
  private static final UUID FRESH_TOKEN = new UUID(0, 98);
  private static final Fingerprint FRESH_KEY =
      Fingerprint.of("fresh".getBytes(StandardCharsets.UTF_8));

  /// Takes what can happen.
  @FunctionalInterface
  interface Listener {
    void happens(String move, Scene after);
  }

  private final SceneRules rules;
  private final int bound;

  SceneMoves(SceneRules rules, int bound) {
    this.rules = rules;
    this.bound = bound;
  }

  boolean isIn(Circumstance circumstance) {
    return rules.circumstance() == circumstance;
  }

  void from(Scene now, Listener listener) {
    // Every door is closed; what matters of a fork is that it was declared.
    if (now.lineage().forkedAt().isPresent()) {
      return;
    }
    device(now, listener);
    day(now, listener);
    switch (rules.circumstance()) {
      case REPORTS -> reports(now, listener);
      case AUDIENCE -> audience(now, listener);
      case SESSION -> session(now, listener);
      case LIMIT -> {}
      case RESTORED -> restored(now, listener);
      case RETIRED_KEY -> retiredKey(now, listener);
      case COMPROMISE -> compromise(now, listener);
      case QUARANTINE -> quarantine(now, listener);
    }
  }

  private void device(Scene now, Listener listener) {
    for (int credential = 0; credential < now.size(); credential++) {
      if (now.holds(credential)) {
        use(now, credential, listener);
        renew(now, credential, listener);
      }
    }
    if (isIn(Circumstance.REPORTS)) {
      enrol(now, listener);
    }
  }

  /// A device uses the newest that it has.
  private void use(Scene now, int credential, Listener listener) {
    if (now.held() >> credential != 1 || now.is(Flag.QUARANTINED)) {
      return;
    }
    Scene after = after(now, use(now.lineage(), credential));
    listener.happens("device uses k" + credential, after.with(Flag.HAD_TURN, true));
  }

  private Scene after(Scene now, Transition transition) {
    boolean spent =
        transition.effects().stream().anyMatch(effect -> effect instanceof Effect.TokenSpent);
    Scene after = now.with(transition.next());
    return spent ? after.tokenSpent() : after;
  }

  private void renew(Scene now, int credential, Listener listener) {
    if (now.is(Flag.QUARANTINED) && !rules.renewsInQuarantine()) {
      listener.happens("renews by k" + credential + " (refused)", now.with(Flag.ASKED, true));
      return;
    }
    request(now, new Knock.ByCredential(Situation.id(credential)), "by k" + credential, listener);
  }

  private void enrol(Scene now, Listener listener) {
    Standing standing = now.spent() ? Standing.SPENT : Standing.GOOD;
    request(now, new Knock.ByToken(TOKEN, standing), "by its token", listener);
  }

  /// A request, with its answer and without it. Where retries bring a new key, each does.
  private void request(Scene now, Knock knock, String by, Listener listener) {
    boolean newKey = isIn(Circumstance.LIMIT) || isIn(Circumstance.REPORTS);
    int key = now.pending() >= 0 && !newKey ? now.pending() : now.size();
    Verdict verdict = request(now.lineage(), knock, Situation.key(Math.min(key, bound)));
    Lineage issued = now.lineage();
    int got;
    if (verdict instanceof Verdict.AnswerWith(var id)) {
      got = Situation.number(id);
    } else if (verdict instanceof Verdict.Issue issue && now.size() < bound) {
      got = now.size();
      issued = issue(now.lineage(), issue, key);
    } else {
      return;
    }
    Scene answered = now.with(issued).with(Flag.ASKED, true);
    listener.happens("asks for k" + key + " " + by + ", answer lost", answered.waitingFor(key));
    boolean careful = isIn(Circumstance.AUDIENCE) || isIn(Circumstance.SESSION);
    listener.happens(
        "gets k" + key + " " + by, answered.holding(1 << got | (careful ? now.held() : 0)));
  }

  private void day(Scene now, Listener listener) {
    if (!now.is(Flag.HAD_TURN)) {
      return;
    }
    Scene tomorrow = now.tomorrow();
    Lineage lineage = tomorrow.lineage();
    for (Link link : tomorrow.lineage().links()) {
      lineage = apply(lineage, new Event.OverlapEnded(link.id(), Situation.NOW)).next();
    }
    listener.happens("a day passes", tomorrow.with(lineage));
  }

  /// It says that it saw whatever was ever issued, whoever has it.
  private void reports(Scene now, Listener listener) {
    for (int credential = 0; credential < now.size(); credential++) {
      listener.happens(
          "audience reports k" + credential, after(now, seen(now.lineage(), credential)));
    }
  }

  private void audience(Scene now, Listener listener) {
    int all = (1 << now.size()) - 1;
    if (now.known() != all) {
      listener.happens("audience learns what was issued", now.knowing(all));
    }
    for (int credential = 0; credential < now.size(); credential++) {
      if (now.holds(credential) && (now.known() & 1 << credential) != 0) {
        Transition seen = seen(now.lineage(), credential);
        if (seen.verdict() instanceof Verdict.Accept) {
          listener.happens(
              "device uses k" + credential + " at the audience",
              now.with(seen.next()).with(Flag.HAD_TURN, true));
        }
      }
    }
  }

  boolean isLetInThere(Scene scene) {
    for (int credential = 0; credential < scene.size(); credential++) {
      if (scene.holds(credential)
          && (scene.known() & 1 << credential) != 0
          && seen(scene.lineage(), credential).verdict() instanceof Verdict.Accept) {
        return true;
      }
    }
    return false;
  }

  private void session(Scene now, Listener listener) {
    if (now.session().isPresent()) {
      listener.happens("connection closes", now.inSession(Optional.empty()));
      return;
    }
    for (int credential = 0; credential < now.size(); credential++) {
      if (now.holds(credential) && accepts(now.lineage(), credential)) {
        Scene used = now.with(use(now.lineage(), credential).next());
        listener.happens(
            "device connects by k" + credential,
            used.inSession(Optional.of(Situation.id(credential))).with(Flag.HAD_TURN, true));
      }
    }
  }

  private void restored(Scene now, Listener listener) {
    listener.happens("an image is taken", now.imaged());
    listener.happens("the disk goes back", now.holding(now.snapshot()));
    request(now, new Knock.ByToken(FRESH_TOKEN, Standing.GOOD), "by a fresh token", listener);
  }

  boolean isOpenToAFreshToken(Scene scene) {
    Knock knock = new Knock.ByToken(FRESH_TOKEN, Standing.GOOD);
    return !(request(scene.lineage(), knock, FRESH_KEY) instanceof Verdict.Refuse);
  }

  private void retiredKey(Scene now, Listener listener) {
    for (int credential = 0; credential < now.size(); credential++) {
      if (now.lineage().links().get(credential).state() == CredentialState.RETIRED) {
        listener.happens("thief finds retired k" + credential, now.robbed(1 << credential));
      }
    }
    thief(now, listener);
  }

  private void compromise(Scene now, Listener listener) {
    if (now.stolen() == 0) {
      listener.happens("thief copies k0", now.robbed(1));
    } else if (!now.is(Flag.REVOKED)) {
      Event revoked =
          new Event.Revoked(
              Situation.id(0), RevocationReason.KEY_COMPROMISE, Situation.NOW, Situation.NOW);
      listener.happens(
          "operator revokes k0 for compromise",
          now.with(apply(now.lineage(), revoked).next()).with(Flag.REVOKED, true));
    }
    thief(now, listener);
  }

  private void thief(Scene now, Listener listener) {
    for (int credential = 0; credential < now.size(); credential++) {
      if ((now.stolen() & 1 << credential) == 0) {
        continue;
      }
      listener.happens(
          "thief uses k" + credential, now.with(use(now.lineage(), credential).next()));
      int key = now.size();
      Knock knock = new Knock.ByCredential(Situation.id(credential));
      if (key < bound
          && request(now.lineage(), knock, Situation.key(key)) instanceof Verdict.Issue issue) {
        listener.happens(
            "thief renews k" + key + " by k" + credential,
            now.with(issue(now.lineage(), issue, key)).robbed(now.stolen() | 1 << key));
      }
    }
  }

  private void quarantine(Scene now, Listener listener) {
    boolean held = now.is(Flag.QUARANTINED);
    listener.happens(
        held ? "operator releases it" : "operator quarantines it",
        now.with(Flag.QUARANTINED, !held));
    if (!now.is(Flag.EXPIRED) && now.is(Flag.ASKED)) {
      listener.happens("k0 expires", now.firstExpired());
    }
  }

  boolean accepts(Lineage lineage, int credential) {
    return use(lineage, credential).verdict() instanceof Verdict.Accept;
  }

  /// Whether what the device has opens anything: access, the answer to a retry, a new credential.
  boolean deviceHasDoor(Scene scene) {
    for (int credential = 0; credential < scene.size(); credential++) {
      Knock knock = new Knock.ByCredential(Situation.id(credential));
      if (scene.holds(credential)
          && (accepts(scene.lineage(), credential) || opens(scene, knock))) {
        return true;
      }
    }
    Standing standing = scene.spent() ? Standing.SPENT : Standing.GOOD;
    return isIn(Circumstance.REPORTS) && opens(scene, new Knock.ByToken(TOKEN, standing));
  }

  private boolean opens(Scene scene, Knock knock) {
    return !(request(scene.lineage(), knock, FRESH_KEY) instanceof Verdict.Refuse)
        || (scene.pending() >= 0
            && !isIn(Circumstance.LIMIT)
            && !isIn(Circumstance.REPORTS)
            && !(request(scene.lineage(), knock, Situation.key(scene.pending()))
                instanceof Verdict.Refuse));
  }

  private Transition use(Lineage lineage, int credential) {
    return apply(lineage, new Event.Used(Situation.id(credential), Situation.NOW));
  }

  private Transition seen(Lineage lineage, int credential) {
    return apply(
        lineage,
        new Event.Seen(Situation.id(credential), AUDIENCE, Weight.PROLONGS, Situation.NOW));
  }

  private Verdict request(Lineage lineage, Knock knock, Fingerprint key) {
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
