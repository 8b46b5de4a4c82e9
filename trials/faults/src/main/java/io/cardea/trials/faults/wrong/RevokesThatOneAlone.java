package io.cardea.trials.faults.wrong;

import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;

/// Against R8: a compromise ends the credential that it names, and nothing that came of it.
public record RevokesThatOneAlone(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    return event instanceof Event.Revoked(var credential, _, var since, var at)
        ? right.transition(
            lineage, new Event.Revoked(credential, RevocationReason.SUPERSEDED, since, at), terms)
        : right.transition(lineage, event, terms);
  }
}
