package io.cardea.life.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;

/// Remembers what the changes of one decision replaced, so that a decision that does not fit leaves
/// no trace.
final class UndoLog {
  private final Deque<Runnable> steps = new ArrayDeque<>();

  <K, V> void put(Map<K, V> table, K key, V value) {
    Optional<V> before = Optional.ofNullable(table.put(key, value));
    steps.push(() -> before.ifPresentOrElse(old -> table.put(key, old), () -> table.remove(key)));
  }

  <K, V> void remove(Map<K, V> table, K key) {
    Optional<V> before = Optional.ofNullable(table.remove(key));
    steps.push(() -> before.ifPresent(old -> table.put(key, old)));
  }

  void undo() {
    steps.forEach(Runnable::run);
    steps.clear();
  }
}
