package io.cardea.life.ledger;

/// The one way to write. Rows and ledger entries of a decision become durable together or not at
/// all.
///
/// When `commit` returns [Outcome.Committed], the decision survives a power cut on every node that
/// could be promoted. Many decisions share one database commit; one that loses against another
/// writer has no effect and does not disturb its neighbours. Thread-safe; blocks its (virtual)
/// thread.
public interface Commits {
  /// Writes the decision, or tells why it no longer fits. An empty one asks whether what was read
  /// before is as durable as what is written: a fail-over may still take back a row that can be
  /// read.
  ///
  /// @throws StoreFailure when the store did not answer; the decision may or may not be durable
  ///   then
  Outcome commit(Decision decision);

  /// What became of a decision.
  sealed interface Outcome {
    /// Durable.
    record Committed() implements Outcome {}

    /// Nothing was written: what the decision was made from has changed meanwhile. Read again, and
    /// decide again.
    record Stale() implements Outcome {}

    /// Nothing was written: a unique name (a device id, a key, a class) belongs to something else.
    record Taken(Change change) implements Outcome {}
  }

  /// The store is gone, or went away between the commit and its acknowledgement.
  final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
