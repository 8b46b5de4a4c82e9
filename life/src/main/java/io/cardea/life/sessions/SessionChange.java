package io.cardea.life.sessions;

import io.cardea.life.ledger.Change;

/// The rows of sessions that a decision can write.
public sealed interface SessionChange extends Change {
  /// A session that had to end is over. Stale if it is not there.
  record EndSession(Reporter reporter, String id) implements SessionChange {}
}
