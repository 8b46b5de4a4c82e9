package io.cardea.trials.faults.wrong;

import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;

/// Against R1: one active credential. Whatever else is accepted is revoked when a new one is
/// issued.
public record RevokesAtIssue(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Transition transition = right.transition(lineage, event, terms);
    if (!(event instanceof Event.Issued issued)) {
      return transition;
    }
    Altered altered = new Altered(transition);
    for (Link link : lineage.links()) {
      if (link.state().accepted()) {
        altered.revoke(link, issued.at());
      }
    }
    return altered.end();
  }
}
