package io.cardea.trials.faults.wrong;

import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Event.Weight;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;

/// Against R2: what any audience reports is a proof.
public record EveryReportProves(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    return event instanceof Event.Seen(var credential, var audience, _, var at)
        ? right.transition(lineage, new Event.Seen(credential, audience, Weight.PROVES, at), terms)
        : right.transition(lineage, event, terms);
  }
}
