package io.cardea.platform.store;

/// Told how the store works, for metrics. Called on the store's own threads, so it must be quick.
public interface StoreListener {
  /// For those who do not want to know.
  StoreListener NONE = new StoreListener() {};

  /// One database transaction wrote this many decisions.
  ///
  /// @param waitedNanos how long the first of them had waited
  /// @param tookNanos how long the transaction took, its commit included
  default void committed(int decisions, long waitedNanos, long tookNanos) {}

  /// Decisions that lost against another writer, or that the store could not hold.
  default void rejected(int decisions) {}

  /// A transaction failed and took this many decisions with it.
  default void failed(int decisions) {}

  /// One query read this many lineages.
  default void read(int lineages, long waitedNanos, long tookNanos) {}
}
