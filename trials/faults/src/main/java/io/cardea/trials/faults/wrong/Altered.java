package io.cardea.trials.faults.wrong;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Effect;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Transition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A transition of the product on its way to be spoiled.
final class Altered {
  private final Transition right;
  private final List<Effect> effects;
  private Lineage next;

  Altered(Transition right) {
    this.right = right;
    this.next = right.next();
    this.effects = new ArrayList<>(right.effects());
  }

  void move(Link link, CredentialState to, Instant at) {
    replace(link.in(to, at));
    effects.add(new Effect.Moved(link.id(), link.state(), to, at));
  }

  void revoke(Link link, Instant at) {
    replace(link.in(CredentialState.REVOKED, at));
    effects.add(new Effect.RevokedFor(link.id(), link.state(), RevocationReason.SUPERSEDED, at));
  }

  void remember(List<CredentialId> uses, Optional<Instant> forkedAt) {
    next =
        new Lineage(
            next.slot(), next.version(), next.links(), uses, forkedAt, next.pace(), next.reports());
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void replace(Link changed) {
    List<Link> links = new ArrayList<>(next.links());
    links.replaceAll(link -> link.id().equals(changed.id()) ? changed : link);
    next =
        new Lineage(
            next.slot(),
            next.version(),
            links,
            next.uses(),
            next.forkedAt(),
            next.pace(),
            next.reports());
  }

  Lineage next() {
    return next;
  }

  Transition end() {
    return new Transition(next, right.verdict(), effects);
  }
}
