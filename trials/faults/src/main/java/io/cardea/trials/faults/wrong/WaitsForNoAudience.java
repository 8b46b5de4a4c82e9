package io.cardea.trials.faults.wrong;

import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;

/// Against R3: silence ends an overlap, whatever audiences have yet to see.
public record WaitsForNoAudience(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    return event instanceof Event.Seen
        ? right.transition(lineage, event, terms)
        : right.transition(
            lineage,
            event,
            new Terms(
                terms.overlap(),
                terms.retires(),
                terms.grace(),
                terms.settling(),
                terms.candidatesPerTenth(),
                terms.onFork()));
  }
}
