package io.cardea.trials.faults.wrong;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import io.cardea.life.rotation.Verdict;
import java.util.List;
import java.util.Optional;

/// Against R6: what was retired still renews, as what expired does.
public record GraceForTheRetired(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Transition transition = right.transition(lineage, event, terms);
    if (event instanceof Event.Requested requested
        && requested.knock() instanceof Knock.ByCredential(var id)
        && transition.verdict() instanceof Verdict.Refuse) {
      Optional<Link> retired =
          lineage.link(id).filter(link -> link.state() == CredentialState.RETIRED);
      if (retired.isPresent()) {
        Altered altered = new Altered(transition);
        altered.replace(retired.get().in(CredentialState.CURRENT, requested.at()));
        Verdict verdict = right.transition(altered.next(), event, terms).verdict();
        return new Transition(lineage, verdict, List.of());
      }
    }
    return transition;
  }
}
