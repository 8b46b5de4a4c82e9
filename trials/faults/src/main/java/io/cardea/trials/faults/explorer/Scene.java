package io.cardea.trials.faults.explorer;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.Reports;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A small world at one moment, equal to another in which the same can happen. Credentials and keys
/// are numbered as in a [Situation], and the present is always [Situation#NOW].
///
/// @param held bits: the credentials on the device
/// @param pending the key of its last request that had no answer, or -1
/// @param snapshot bits: what the image holds to which the disk can go back
/// @param stolen bits: the credentials of a thief
/// @param known bits: the credentials that the audience accepts
/// @param spent whether the token has led to a proven credential
/// @param flags what has happened once for all
record Scene(
    Lineage lineage,
    int held,
    int pending,
    int snapshot,
    int stolen,
    int known,
    boolean spent,
    Set<Flag> flags) {
  /// What is so, or has been.
  enum Flag {
    HAD_TURN,
    QUARANTINED,
    /// It asked for a renewal, and was answered in one way or another.
    ASKED,
    EXPIRED,
    REVOKED
  }

  private static final Instant LONG_AGO = Situation.NOW.minus(Rules.DAY.multipliedBy(2));

  static Scene begin(Circumstance circumstance) {
    Lineage lineage = Situation.begin().lineage();
    if (circumstance == Circumstance.REPORTS) {
      Lineage empty =
          new Lineage(
              lineage.slot(), 1, List.of(), List.of(), Optional.empty(), Pace.NONE, Reports.NONE);
      return new Scene(empty, 0, -1, 0, 0, 0, false, Set.of());
    }
    return new Scene(lineage, 1, -1, 1, 0, 1, true, Set.of());
  }

  int size() {
    return lineage.links().size();
  }

  boolean is(Flag flag) {
    return flags.contains(flag);
  }

  boolean holds(int credential) {
    return (held & 1 << credential) != 0;
  }

  Optional<CredentialId> session() {
    return lineage.reports().inSession().stream().findFirst();
  }

  Scene with(Lineage changed) {
    return new Scene(changed, held, pending, snapshot, stolen, known, spent, flags);
  }

  Scene with(Flag flag, boolean set) {
    Set<Flag> next = new java.util.HashSet<>(flags);
    boolean _ = set ? next.add(flag) : next.remove(flag);
    return new Scene(lineage, held, pending, snapshot, stolen, known, spent, Set.copyOf(next));
  }

  Scene holding(int credentials) {
    return new Scene(lineage, credentials, -1, snapshot, stolen, known, spent, flags);
  }

  Scene waitingFor(int key) {
    return new Scene(lineage, held, key, snapshot, stolen, known, spent, flags);
  }

  Scene imaged() {
    return new Scene(lineage, held, pending, held, stolen, known, spent, flags);
  }

  Scene robbed(int credentials) {
    return new Scene(lineage, held, pending, snapshot, credentials, known, spent, flags);
  }

  Scene knowing(int credentials) {
    return new Scene(lineage, held, pending, snapshot, stolen, credentials, spent, flags);
  }

  Scene tokenSpent() {
    return new Scene(lineage, held, pending, snapshot, stolen, known, true, flags);
  }

  Scene inSession(Optional<CredentialId> session) {
    Reports reports = new Reports(lineage.reports().seen(), session.map(Set::of).orElse(Set.of()));
    return with(
        new Lineage(
            lineage.slot(),
            lineage.version(),
            lineage.links(),
            lineage.uses(),
            lineage.forkedAt(),
            lineage.pace(),
            reports));
  }

  private Scene withLinks(List<Link> links, Pace pace) {
    return with(
        new Lineage(
            lineage.slot(),
            lineage.version(),
            links,
            lineage.uses(),
            lineage.forkedAt(),
            pace,
            lineage.reports()));
  }

  Scene firstExpired() {
    List<Link> links = new ArrayList<>(lineage.links());
    Link first = links.getFirst();
    links.set(
        0,
        new Link(
            first.id(),
            first.key(),
            first.predecessor(),
            first.generation(),
            first.state(),
            first.since(),
            first.issuedAt().minus(Rules.DAY.multipliedBy(1_000)),
            Situation.NOW.minusSeconds(1),
            first.provenAt(),
            first.lastUsedAt()));
    return withLinks(links, lineage.pace()).with(Flag.EXPIRED, true);
  }

  /// A day later: what was is a day further away, and beyond two days all of it is long ago.
  Scene tomorrow() {
    List<Link> links = new ArrayList<>();
    for (Link link : lineage.links()) {
      links.add(
          new Link(
              link.id(),
              link.key(),
              link.predecessor(),
              link.generation(),
              link.state(),
              earlier(link.since()),
              link.issuedAt(),
              link.notAfter(),
              link.provenAt().map(Scene::earlier),
              link.lastUsedAt().map(Scene::earlier)));
    }
    return withLinks(links, lineage.pace()).with(Flag.HAD_TURN, false);
  }

  private static Instant earlier(Instant then) {
    Instant before = then.minus(Rules.DAY);
    return before.isBefore(LONG_AGO) ? LONG_AGO : before;
  }
}
