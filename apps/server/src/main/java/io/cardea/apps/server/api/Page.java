package io.cardea.apps.server.api;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One page of a list.
///
/// @param next the cursor of the next page; null at the end
record Page<T>(List<T> items, @Nullable String next) {
  /// A page that is full may have a next one.
  static <T> Page<T> of(List<T> items, int limit, Function<T, String> key) {
    boolean full = items.size() >= limit;
    return new Page<>(items, full ? key.apply(items.getLast()) : null);
  }

  /// The page of a short list that was read whole, in the order of its keys.
  static <T> Page<T> cut(List<T> all, String after, int limit, Function<T, String> key) {
    List<T> rest = all.stream().filter(item -> key.apply(item).compareTo(after) > 0).toList();
    List<T> items = rest.size() > limit ? rest.subList(0, limit) : rest;
    return new Page<>(items, rest.size() > limit ? key.apply(items.getLast()) : null);
  }

  static <T> Page<T> whole(List<T> items) {
    return new Page<>(items, null);
  }

  <R> Page<R> map(Function<T, R> view) {
    return new Page<>(items.stream().map(view).toList(), next);
  }
}
