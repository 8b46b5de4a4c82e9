package io.cardea.trials.faults.wrong;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import io.cardea.life.rotation.Verdict;
import java.util.List;

/// Against R6: a device that has a proven credential needs no second proof, so it gets nothing for
/// one.
public record RefusesSecondProofs(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    boolean proven =
        lineage.links().stream().anyMatch(link -> link.state() == CredentialState.CURRENT);
    return proven
            && event instanceof Event.Requested requested
            && requested.knock() instanceof Knock.ByToken
        ? new Transition(lineage, new Verdict.Refuse(Refusal.CONFLICT), List.of())
        : right.transition(lineage, event, terms);
  }
}
