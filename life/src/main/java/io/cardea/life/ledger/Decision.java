package io.cardea.life.ledger;

import java.util.List;

/// What a use case decided: rows and the ledger entries that remember them, for one commit.
public record Decision(List<Change> changes, List<Entry> entries) {
  public Decision {
    changes = List.copyOf(changes);
    entries = List.copyOf(entries);
    if (!changes.isEmpty() && entries.isEmpty()) {
      throw new IllegalArgumentException("entries: none (expected: one for every act, P7)");
    }
  }
}
