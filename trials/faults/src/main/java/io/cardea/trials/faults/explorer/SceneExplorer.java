package io.cardea.trials.faults.explorer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tries every interleaving in the small worlds of [Circumstance], breadth first, against the very
/// rules that the product runs. Quarantine is no part of these rules: what it does to a device's
/// requests is told to the scene.
public final class SceneExplorer {
  private final int more;

  /// @param more how many credentials are issued beyond those that it takes, 0 or 1
  public SceneExplorer(int more) {
    if (more < 0 || more > 1) {
      throw new IllegalArgumentException("more: " + more + " (expected: 0 or 1)");
    }
    this.more = more;
  }

  /// @param traces for each end that was reached a shortest way to it
  public record Findings(Map<SceneEnd, List<String>> traces, int scenes) {}

  private record Origin(@Nullable Scene from, String move) {}

  /// Explores all of it, or up to the first bad end.
  public Findings explore(SceneRules rules, boolean upToBadEnd) {
    SceneMoves moves = new SceneMoves(rules, rules.circumstance().bound() + more);
    Map<Scene, Origin> came = new HashMap<>();
    Map<SceneEnd, List<String>> traces = new EnumMap<>(SceneEnd.class);
    ArrayDeque<Scene> todo = new ArrayDeque<>();
    Scene first = Scene.begin(rules.circumstance());
    came.put(first, new Origin(null, ""));
    todo.add(first);
    while (!todo.isEmpty() && !(upToBadEnd && !traces.isEmpty())) {
      Scene now = todo.remove();
      for (SceneEnd end : SceneEnd.values()) {
        if (!traces.containsKey(end) && end.isReached(now, moves)) {
          traces.put(end, trace(came, now));
        }
      }
      moves.from(
          now,
          (move, after) -> {
            if (came.putIfAbsent(after, new Origin(now, move)) == null) {
              todo.add(after);
            }
          });
    }
    return new Findings(traces, came.size());
  }

  private static List<String> trace(Map<Scene, Origin> came, Scene end) {
    List<String> trace = new ArrayList<>();
    Origin origin = came.get(end);
    while (origin != null && origin.from() != null) {
      trace.addFirst(origin.move());
      origin = came.get(origin.from());
    }
    return List.copyOf(trace);
  }
}
