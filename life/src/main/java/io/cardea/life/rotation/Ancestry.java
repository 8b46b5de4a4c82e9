package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who stands above whom in a lineage, as far as that is known: nothing looks further up than
/// [Lineage#NEIGHBOURHOOD], so that a neighbourhood and the whole lineage answer alike.
final class Ancestry {
  private Ancestry() {}

  /// The ancestors of `link`, nearest first.
  static List<Link> above(Lineage lineage, Link link) {
    List<Link> above = new ArrayList<>();
    Optional<Link> next = parent(lineage, link);
    while (next.isPresent() && above.size() < Lineage.NEIGHBOURHOOD) {
      above.add(next.get());
      next = parent(lineage, next.get());
    }
    return above;
  }

  /// Whether `upper` is known to be an ancestor of `lower`.
  static boolean isAbove(Lineage lineage, Link upper, Link lower) {
    return relation(lineage, upper, lower) == Relation.ABOVE;
  }

  /// Whether `upper` is an ancestor of `lower` for all that is known.
  static boolean mayBeAbove(Lineage lineage, Link upper, Link lower) {
    return relation(lineage, upper, lower) != Relation.NOT_ABOVE;
  }

  private static Relation relation(Lineage lineage, Link upper, Link lower) {
    Link at = lower;
    for (int step = 0; step < Lineage.NEIGHBOURHOOD; step++) {
      Optional<CredentialId> parent = at.parent();
      if (parent.isEmpty() || at.generation() <= upper.generation()) {
        return Relation.NOT_ABOVE;
      }
      if (parent.get().equals(upper.id())) {
        return Relation.ABOVE;
      }
      Optional<Link> next = lineage.link(parent.get());
      if (next.isEmpty()) {
        return Relation.UNKNOWN;
      }
      at = next.get();
    }
    return at.generation() <= upper.generation() ? Relation.NOT_ABOVE : Relation.UNKNOWN;
  }

  private static Optional<Link> parent(Lineage lineage, Link link) {
    return link.parent().flatMap(lineage::link);
  }

  private enum Relation {
    ABOVE,
    NOT_ABOVE,
    UNKNOWN
  }
}
