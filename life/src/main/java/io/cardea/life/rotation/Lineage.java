package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.SlotId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The credentials of one slot, a tree by predecessor, and what the slot remembers of their use.
///
/// A lineage may be a *neighbourhood*: the credential that knocks, the [#NEIGHBOURHOOD] newest of
/// those that hold the wanted key, those last used, those that audiences saw last, the newest whose
/// state is accepted, and up to [#NEIGHBOURHOOD] ancestors of each. For [Event.Used], [Event.Seen]
/// and [Event.Requested] that answers as the whole lineage would; a property test holds it. An
/// ancestor further up is unknown, and the unknown never makes a fork. A revocation and a
/// settlement are judged on the whole.
///
/// @param version grows with each committed step of the slot; 0 while the slot has no row. The
///   store counts; a transition hands it on as it is
/// @param links oldest first
/// @param uses the last credentials used in turns, newest last, at most three, no two neighbours
///   the same
/// @param forkedAt when the lineage was declared forked, until that is settled
public record Lineage(
    SlotId slot,
    long version,
    List<Link> links,
    List<CredentialId> uses,
    Optional<Instant> forkedAt,
    Pace pace,
    Reports reports) {
  public static final int NEIGHBOURHOOD = 16;

  public Lineage {
    links = List.copyOf(links);
    uses = List.copyOf(uses);
    if (uses.size() > 3) {
      throw new IllegalArgumentException("uses: " + uses.size() + " (expected: <= 3)");
    }
  }

  /// Of which no audience told anything.
  public Lineage(
      SlotId slot,
      long version,
      List<Link> links,
      List<CredentialId> uses,
      Optional<Instant> forkedAt,
      Pace pace) {
    this(slot, version, links, uses, forkedAt, pace, Reports.NONE);
  }

  public static Lineage empty(SlotId slot) {
    return new Lineage(slot, 0, List.of(), List.of(), Optional.empty(), Pace.NONE);
  }

  public Optional<Link> link(CredentialId id) {
    for (Link link : links) {
      if (link.id().equals(id)) {
        return Optional.of(link);
      }
    }
    return Optional.empty();
  }
}
