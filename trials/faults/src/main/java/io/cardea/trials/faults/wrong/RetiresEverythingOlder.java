package io.cardea.trials.faults.wrong;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Effect;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;

/// Against R3: proof retires everything that was issued before, and whatever else is current, and
/// not the ancestors alone.
public record RetiresEverythingOlder(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Transition transition = right.transition(lineage, event, terms);
    for (Effect effect : transition.effects()) {
      if (effect instanceof Effect.Moved moved && moved.to() == CredentialState.CURRENT) {
        return retireOthers(transition, moved.credential(), event);
      }
    }
    return transition;
  }

  private static Transition retireOthers(Transition transition, CredentialId proven, Event event) {
    Altered altered = new Altered(transition);
    boolean older = true;
    for (Link link : transition.next().links()) {
      if (link.id().equals(proven)) {
        older = false;
      } else if (link.state() == CredentialState.CURRENT
          || (older && link.state() == CredentialState.STAGED)) {
        altered.move(link, CredentialState.RETIRING, event.at());
      }
    }
    return altered.end();
  }
}
