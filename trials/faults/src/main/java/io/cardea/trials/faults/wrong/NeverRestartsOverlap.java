package io.cardea.trials.faults.wrong;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import java.util.Optional;

/// Against R3: the overlap is counted once, from the proof, however often the old one is used.
public record NeverRestartsOverlap(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Transition transition = right.transition(lineage, event, terms);
    if (!(event instanceof Event.Used used)) {
      return transition;
    }
    Optional<Link> before = lineage.link(used.credential());
    Optional<Link> after = transition.next().link(used.credential());
    if (before.isEmpty()
        || after.isEmpty()
        || before.get().state() != CredentialState.RETIRING
        || after.get().state() != CredentialState.RETIRING) {
      return transition;
    }
    Altered altered = new Altered(transition);
    altered.replace(before.get());
    return altered.end();
  }
}
