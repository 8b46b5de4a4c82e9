package io.cardea.trials.faults.explorer;

import io.cardea.trials.faults.explorer.Situation.Code;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tries every interleaving of what a device, a thief and time can do to one slot, breadth first,
/// up to a number of credentials, against the very rules that the product runs.
///
/// Not in it: the renewal point and clocks. Audiences, tokens, limits on the number of requests,
/// sessions, restored disk images and operators are in the smaller worlds of [SceneExplorer].
public final class Explorer {
  private final int bound;

  /// @param bound how many credentials are issued at most, 2 to 6; each one more takes some ten
  ///   times as long
  public Explorer(int bound) {
    if (bound < 2 || bound > Situation.MOST_CREDENTIALS) {
      throw new IllegalArgumentException("bound: " + bound + " (expected: 2 to 6)");
    }
    this.bound = bound;
  }

  /// What an exploration found.
  ///
  /// @param traces for each end that was reached a shortest way to it
  public record Findings(World world, Map<End, List<String>> traces, int situations) {
    public Optional<End> badEnd() {
      return End.BAD.stream().filter(traces::containsKey).findFirst();
    }
  }

  /// Explores the whole world.
  public Findings explore(Rules rules, World world) {
    return explore(rules, world, false);
  }

  /// Explores worlds until a bad end is reached.
  public List<Findings> search(Rules rules) {
    List<Findings> all = new ArrayList<>();
    for (World world : World.ALL) {
      Findings findings = explore(rules, world, true);
      all.add(findings);
      if (findings.badEnd().isPresent()) {
        break;
      }
    }
    return all;
  }

  private Findings explore(Rules rules, World world, boolean upToBadEnd) {
    Moves moves = new Moves(rules, world, bound);
    Search search = new Search(moves, world);
    search.reach(null, null, Situation.begin());
    while (!search.todo.isEmpty() && !(upToBadEnd && search.badEndReached())) {
      Code code = search.todo.remove();
      moves.from(Situation.of(code), (move, after) -> search.reach(code, move, after));
    }
    return new Findings(world, search.traces, search.came.size());
  }

  private record Origin(@Nullable Code from, @Nullable Move move) {}

  private static final class Search {
    private final Moves moves;
    private final List<End> ends = new ArrayList<>();
    private final Map<Code, Origin> came = new HashMap<>();
    private final ArrayDeque<Code> todo = new ArrayDeque<>();
    private final Map<End, List<String>> traces = new EnumMap<>(End.class);

    private Search(Moves moves, World world) {
      this.moves = moves;
      for (End end : End.values()) {
        if (end.canBeIn(world)) {
          ends.add(end);
        }
      }
    }

    private boolean badEndReached() {
      return End.BAD.stream().anyMatch(traces::containsKey);
    }

    private void reach(@Nullable Code from, @Nullable Move move, Situation situation) {
      Code code = situation.code();
      if (came.putIfAbsent(code, new Origin(from, move)) != null) {
        return;
      }
      todo.add(code);
      for (End end : ends) {
        if (!traces.containsKey(end) && end.isReached(situation, moves)) {
          traces.put(end, trace(code));
        }
      }
    }

    private List<String> trace(Code end) {
      ArrayDeque<String> trace = new ArrayDeque<>();
      Origin origin = came.get(end);
      while (origin != null && origin.from() != null && origin.move() != null) {
        trace.addFirst(origin.move().toString());
        origin = came.get(origin.from());
      }
      return List.copyOf(trace);
    }
  }
}
