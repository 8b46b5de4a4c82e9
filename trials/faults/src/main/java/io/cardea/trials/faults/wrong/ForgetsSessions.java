package io.cardea.trials.faults.wrong;

import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Reports;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import java.util.Set;

/// Against R3: silence ends an overlap, whatever is connected.
public record ForgetsSessions(Rotation right) implements Rotation {
  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    Transition transition =
        right.transition(
            with(lineage, new Reports(lineage.reports().seen(), Set.of())), event, terms);
    Reports after = new Reports(transition.next().reports().seen(), lineage.reports().inSession());
    return new Transition(
        with(transition.next(), after), transition.verdict(), transition.effects());
  }

  private static Lineage with(Lineage lineage, Reports reports) {
    return new Lineage(
        lineage.slot(),
        lineage.version(),
        lineage.links(),
        lineage.uses(),
        lineage.forkedAt(),
        lineage.pace(),
        reports);
  }
}
