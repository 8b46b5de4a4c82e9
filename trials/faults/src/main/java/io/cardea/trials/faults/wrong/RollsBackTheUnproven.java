package io.cardea.trials.faults.wrong;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;

/// Against R1: what nobody has used by the time that the timer comes is withdrawn.
public record RollsBackTheUnproven(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Transition transition = right.transition(lineage, event, terms);
    if (!(event instanceof Event.OverlapEnded ended)) {
      return transition;
    }
    Altered altered = new Altered(transition);
    lineage
        .link(ended.credential())
        .filter(link -> link.state() == CredentialState.STAGED)
        .ifPresent(link -> altered.move(link, CredentialState.RETIRED, ended.at()));
    return altered.end();
  }
}
