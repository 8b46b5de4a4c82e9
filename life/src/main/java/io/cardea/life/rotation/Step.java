package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Gathers what one event changes, and what is to be remembered of it. A step that changed nothing
/// ends in the lineage that it began with.
final class Step {
  private final Lineage before;
  private final List<Effect> effects = new ArrayList<>();
  private List<Link> links;
  private List<CredentialId> uses;
  private Optional<Instant> forkedAt;
  private Pace pace;
  private Reports reports;

  Step(Lineage before) {
    this.before = before;
    this.links = before.links();
    this.uses = before.uses();
    this.forkedAt = before.forkedAt();
    this.pace = before.pace();
    this.reports = before.reports();
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void append(Link link) {
    List<Link> more = new ArrayList<>(links);
    more.add(link);
    links = more;
  }

  void prove(Link link, Instant at) {
    replace(link.proven(at));
    effects.add(new Effect.UseRecorded(link.id(), true, at));
    effects.add(new Effect.Moved(link.id(), link.state(), CredentialState.CURRENT, at));
  }

  void use(Link link, Instant at) {
    replace(link.usedAt(at));
    effects.add(new Effect.UseRecorded(link.id(), false, at));
  }

  void move(Link link, CredentialState to, Instant at) {
    replace(link.in(to, at));
    effects.add(new Effect.Moved(link.id(), link.state(), to, at));
  }

  /// Revocation is final: what is revoked stays so, for its first reason.
  void revoke(Link link, RevocationReason reason, Instant at) {
    if (link.state() != CredentialState.REVOKED) {
      replace(link.in(CredentialState.REVOKED, at));
      effects.add(new Effect.RevokedFor(link.id(), link.state(), reason, at));
    }
  }

  void remember(List<CredentialId> lastUses) {
    uses = lastUses;
  }

  void remember(Pace candidates) {
    pace = candidates;
  }

  void remember(Reports told) {
    reports = told;
  }

  void fork(Optional<Instant> declared) {
    forkedAt = declared;
  }

  Transition refuse(Refusal refusal) {
    return end(new Verdict.Refuse(refusal));
  }

  Transition end(Verdict verdict) {
    if (!uses.equals(before.uses())
        || !forkedAt.equals(before.forkedAt())
        || !pace.equals(before.pace())
        || !reports.equals(before.reports())) {
      effects.add(new Effect.SlotChanged());
    }
    if (effects.isEmpty()) {
      return new Transition(before, verdict, effects);
    }
    Lineage next =
        new Lineage(before.slot(), before.version(), links, uses, forkedAt, pace, reports);
    return new Transition(next, verdict, effects);
  }

  private void replace(Link link) {
    List<Link> changed = new ArrayList<>(links);
    for (int i = 0; i < changed.size(); i++) {
      if (changed.get(i).id().equals(link.id())) {
        changed.set(i, link);
        links = changed;
        return;
      }
    }
    throw new IllegalArgumentException(
        "credential: " + link.id() + " (expected: one of the lineage " + before.slot() + ")");
  }
}
