package io.cardea.platform.store.backup;

/// Told now and then how far long work is, from the thread that does it.
@FunctionalInterface
public interface Progress {
  Progress NONE = (_, _, _) -> {};

  /// @param work what is being done, in a few words
  /// @param total an estimate; 0 when nobody knows
  void at(String work, long done, long total);
}
