package io.cardea.trials.faults.wrong;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import java.util.List;

/// Against R5: when there are enough candidates, the oldest one makes room for the next.
public record EvictsTheOldestCandidate(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Terms unlimited =
        new Terms(
            terms.overlap(),
            terms.retires(),
            terms.grace(),
            terms.settling(),
            Integer.MAX_VALUE,
            terms.onFork(),
            terms.reporting());
    Transition transition = right.transition(lineage, event, unlimited);
    List<Link> staged =
        lineage.links().stream().filter(link -> link.state() == CredentialState.STAGED).toList();
    if (!(event instanceof Event.Issued issued) || staged.size() < terms.candidatesPerTenth()) {
      return transition;
    }
    Altered altered = new Altered(transition);
    altered.revoke(staged.getFirst(), issued.at());
    return altered.end();
  }
}
