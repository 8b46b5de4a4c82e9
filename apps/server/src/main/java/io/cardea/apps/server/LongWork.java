package io.cardea.apps.server;

/// Told now and then how far long work is.
@FunctionalInterface
public interface LongWork {
  LongWork UNSEEN = (_, _, _) -> {};

  /// @param work what is being done, in a few words
  /// @param total an estimate; 0 when nobody knows
  void at(String work, long done, long total);
}
