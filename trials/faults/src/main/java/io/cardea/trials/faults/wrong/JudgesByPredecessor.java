package io.cardea.trials.faults.wrong;

import io.cardea.life.Fingerprint;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.Terms;
import io.cardea.life.rotation.Transition;
import io.cardea.life.rotation.Verdict;
import java.util.List;

/// Against R4: a retry is answered only while what it knocks with would get a new key certified.
public record JudgesByPredecessor(Rotation right) implements Rotation {
  private static final Fingerprint KEY_OF_NOBODY =
      Fingerprint.ofDigest(new byte[Fingerprint.LENGTH]);

  @Override
  public Transition transition(Lineage lineage, Event event, Terms terms) {
    if (event instanceof Event.Requested(var knock, _, _, var at)) {
      Verdict judgement =
          right.transition(lineage, new Event.Requested(knock, KEY_OF_NOBODY, at), terms).verdict();
      if (judgement instanceof Verdict.Refuse) {
        return new Transition(lineage, judgement, List.of());
      }
    }
    return right.transition(lineage, event, terms);
  }
}
