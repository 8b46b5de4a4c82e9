package io.cardea.life.rotation;

import java.util.List;

/// What an event makes of a lineage.
///
/// Effects, whatever they are, are written as one step of the slot, before anyone is answered: a
/// use that prolongs an overlap must not slip past the retirement that it prevents. Without effects
/// the lineage is the same, and nothing needs to be written.
public record Transition(Lineage next, Verdict verdict, List<Effect> effects) {
  public Transition {
    effects = List.copyOf(effects);
  }
}
