package io.cardea.life.testing;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Event.Standing;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Reports;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import io.cardea.life.rotation.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The life of one slot, told event by event: a lineage, its rules, and a clock that moves when
/// told to. Credentials are numbered in the order of their issue, keys and tokens go by names.
public final class SlotStory {
  public static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  /// A tenth of it is ten days.
  public static final Duration LIFE = Duration.ofDays(100);

  /// An overlap of a day, grace of a week, an hour to settle, three candidates per tenth, alarm on
  /// a fork.
  public static final Terms TERMS =
      new Terms(Duration.ofDays(1), true, Duration.ofDays(7), Duration.ofHours(1), 3, OnFork.ALARM);

  private final Rotation rotation;
  private Terms terms;
  private Lineage lineage = Lineage.empty(SlotId.operational(new DeviceId("pump-1")));
  private Instant now = BEGIN;
  private Optional<Transition> last = Optional.empty();

  public SlotStory(Rotation rotation, Terms terms) {
    this.rotation = rotation;
    this.terms = terms;
  }

  public static Fingerprint key(String name) {
    return Fingerprint.of(name.getBytes(StandardCharsets.UTF_8));
  }

  public static UUID token(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  public static CredentialId id(int number) {
    return new CredentialId(new UUID(0x0190_0000_0000_7000L, number));
  }

  public static Knock by(CredentialId credential) {
    return new Knock.ByCredential(credential);
  }

  public static Knock byToken(String name) {
    return byToken(name, Standing.GOOD);
  }

  public static Knock byToken(String name, Standing standing) {
    return new Knock.ByToken(token(name), standing);
  }

  /// The first credential, used: where most stories begin.
  public CredentialId enrol(String key) {
    CredentialId first = issue(byToken("token"), key);
    use(first);
    return first;
  }

  /// A full handshake.
  public Verdict use(CredentialId credential) {
    return apply(new Event.Used(credential, now));
  }

  /// An audience saw it.
  public Verdict seen(CredentialId credential, String audience, Event.Weight weight) {
    return apply(new Event.Seen(credential, audience, weight, now));
  }

  /// Sessions are open by these credentials, and by no others.
  public SlotStory inSession(CredentialId... credentials) {
    lineage =
        new Lineage(
            lineage.slot(),
            lineage.version(),
            lineage.links(),
            lineage.uses(),
            lineage.forkedAt(),
            lineage.pace(),
            new Reports(lineage.reports().seen(), Set.of(credentials)));
    return this;
  }

  /// A request, without what follows from it.
  public Verdict request(Knock knock, String key) {
    return apply(new Event.Requested(knock, key(key), now));
  }

  /// A request that must lead to a new credential, which is issued.
  public CredentialId issue(Knock knock, String key) {
    return issue(knock, key, LIFE);
  }

  public CredentialId issue(Knock knock, String key, Duration life) {
    Verdict verdict = request(knock, key);
    if (!(verdict instanceof Verdict.Issue issue)) {
      throw new AssertionError(knock + " for " + key + " was answered with " + verdict);
    }
    return issue(issue, key, life);
  }

  public CredentialId issue(Verdict.Issue verdict, String key, Duration life) {
    Link link =
        new Link(
            id(lineage.links().size()),
            key(key),
            verdict.predecessor(),
            verdict.generation(),
            CredentialState.STAGED,
            now,
            now,
            now.plus(life),
            Optional.empty(),
            Optional.empty());
    apply(new Event.Issued(link, now));
    return link.id();
  }

  public Verdict overlapEnded(CredentialId credential) {
    return apply(new Event.OverlapEnded(credential, now));
  }

  public Verdict revoke(CredentialId credential, RevocationReason reason, Instant since) {
    return apply(new Event.Revoked(credential, reason, since, now));
  }

  public Verdict settle() {
    return apply(new Event.Settled(now));
  }

  public Verdict apply(Event event) {
    Transition transition = rotation.transition(lineage, event, terms);
    lineage = transition.next();
    last = Optional.of(transition);
    return transition.verdict();
  }

  public SlotStory later(Duration passed) {
    now = now.plus(passed);
    return this;
  }

  public SlotStory laterAt(Instant then) {
    now = then;
    return this;
  }

  public SlotStory under(Terms changed) {
    terms = changed;
    return this;
  }

  public CredentialState state(CredentialId credential) {
    return link(credential).state();
  }

  public Link link(CredentialId credential) {
    return lineage.link(credential).orElseThrow();
  }

  /// What the last event made of the lineage.
  public Transition last() {
    return last.orElseThrow();
  }

  public Lineage lineage() {
    return lineage;
  }

  public Terms terms() {
    return terms;
  }

  public Instant now() {
    return now;
  }
}
