package io.cardea.life.rotation;

import java.util.List;

/// What an event makes of a lineage.
public record Transition(Lineage next, Verdict verdict, List<Effect> effects) {
  public Transition {
    effects = List.copyOf(effects);
  }
}
