package io.cardea.trials.faults.wrong;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Effect;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import io.cardea.life.rotation.Verdict;
import java.time.Duration;
import java.util.Optional;

/// Against R7: a refused use is a turn, too, and can make a fork.
public record CountsRefusedUses(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Transition transition = right.transition(lineage, event, terms);
    if (event instanceof Event.Used used && transition.verdict() instanceof Verdict.Refuse) {
      return lineage
          .link(used.credential())
          .map(link -> counted(transition, link, used, terms))
          .orElse(transition);
    }
    return transition;
  }

  /// What the slot would remember if the use had been accepted.
  private Transition counted(Transition refused, Link link, Event.Used used, Terms terms) {
    Altered revived = new Altered(refused);
    revived.replace(
        new Link(
            link.id(),
            link.key(),
            link.predecessor(),
            link.generation(),
            CredentialState.CURRENT,
            used.at(),
            link.issuedAt(),
            used.at().plus(Duration.ofDays(1)),
            Optional.of(link.issuedAt()),
            link.lastUsedAt()));
    Lineage accepted = right.transition(revived.next(), used, terms).next();
    Altered altered = new Altered(refused);
    if (!accepted.uses().equals(refused.next().uses())) {
      altered.remember(accepted.uses(), accepted.forkedAt());
      altered.add(new Effect.UseRecorded(link.id(), false, used.at()));
      altered.add(new Effect.SlotChanged());
    }
    return altered.end();
  }
}
