package io.cardea.trials.faults;

import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import io.cardea.trials.faults.wrong.JudgesByPredecessor;
import io.cardea.trials.faults.wrong.RevokesAtIssue;

/// The rule that several products offer or impose, for the control of a trial: one active
/// credential a device. The old one is revoked in the commit that issues the new one, and a retry
/// is judged by what it knocks with. Everything else is as in the product.
///
/// One lost answer is enough: the device holds a revoked credential, the new one is nobody's, and
/// the retry is refused.
public final class SingleActive implements Rotation {
  private final Rotation rules = new JudgesByPredecessor(new RevokesAtIssue(new ProvenRotation()));

  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    return rules.transition(lineage, event, terms);
  }
}
