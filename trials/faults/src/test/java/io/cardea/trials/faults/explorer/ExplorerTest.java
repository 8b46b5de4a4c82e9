package io.cardea.trials.faults.explorer;

import static io.cardea.trials.faults.explorer.End.DEAD_KEY;
import static io.cardea.trials.faults.explorer.End.FALSE_FORK;
import static io.cardea.trials.faults.explorer.End.LOCKED_OUT;
import static io.cardea.trials.faults.explorer.End.SILENT_THEFT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.trials.faults.explorer.Explorer.Findings;
import io.cardea.trials.faults.explorer.Situation.Code;
import io.cardea.trials.faults.explorer.World.Thief;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Explores up to four credentials; up to five, in some minutes, with `-Dcardea.explorer.bound=5`.
class ExplorerTest {
  private static final int BOUND = Integer.getInteger("cardea.explorer.bound", 4);

  /// How each wrong rule ends. If it did not, the right one would not be worth a rule.
  private static final Map<String, End> WRONG =
      Map.of(
          "retire = everything older (R3)", SILENT_THEFT,
          "retry = judged by its predecessor (R4)", LOCKED_OUT,
          "fork = refused uses count (R7)", DEAD_KEY,
          "client = uses whichever (R7)", FALSE_FORK,
          "overlap = shorter than the longest silence (R3)", SILENT_THEFT,
          "restart = never (R3)", SILENT_THEFT,
          "unproven = rolled back (R1)", LOCKED_OUT,
          "issue = revokes (R1)", LOCKED_OUT,
          "settling = none (R7)", FALSE_FORK,
          "single active (R1, R4)", LOCKED_OUT);

  private final Explorer explorer = new Explorer(BOUND);

  static Stream<Rules> rightOnes() {
    return Rules.RIGHT_ONES.stream();
  }

  static Stream<Rules> wrongOnes() {
    return Rules.WRONG_ONES.stream();
  }

  @ParameterizedTest
  @MethodSource("rightOnes")
  void chosenRules_reachNoBadEndAndRenew(Rules rules) {
    long situations = 0;
    for (World world : World.ALL) {
      Findings findings = explorer.explore(rules, world);
      assertThat(findings.badEnd().map(findings.traces()::get)).as("%s", world).isEmpty();
      if (world.thief() == Thief.NONE) {
        assertThat(findings.traces()).as("%s", world).containsKey(End.RENEWED);
      }
      situations += findings.situations();
    }
    // Or little was tried.
    assertThat(situations).isGreaterThan(100_000);
  }

  @ParameterizedTest
  @MethodSource("wrongOnes")
  void wrongRule_reachesABadEnd(Rules rules) {
    List<Findings> all = explorer.search(rules);

    assertThat(all.getLast().badEnd()).contains(WRONG.get(rules.name()));
  }

  @Test
  void trace_isAShortestOne() {
    Rules revokes = Rules.WRONG_ONES.get(7);
    Findings findings = explorer.search(revokes).getLast();

    assertThat(findings.traces().get(LOCKED_OUT)).containsExactly("renews k1 by k0, answer lost");
  }

  @Test
  void situation_isTheSameAfterItWasCoded() {
    Moves moves = new Moves(Rules.CHOSEN, new World(Thief.COPIES_FIRST, true, false), 3);
    Set<Code> seen = new HashSet<>();
    ArrayDeque<Situation> todo = new ArrayDeque<>(List.of(Situation.begin()));
    while (!todo.isEmpty()) {
      moves.from(
          todo.remove(),
          (move, after) -> {
            Situation again = Situation.of(after.code());
            assertThat(again.code()).as("%s", move).isEqualTo(after.code());
            assertThat(again.lineage().uses()).isEqualTo(after.lineage().uses());
            for (int credential = 0; credential < after.size(); credential++) {
              assertThat(again.link(credential).state()).isEqualTo(after.link(credential).state());
              assertThat(again.link(credential).generation())
                  .isEqualTo(after.link(credential).generation());
              assertThat(moves.accepts(again.lineage(), credential))
                  .isEqualTo(moves.accepts(after.lineage(), credential));
            }
            if (seen.add(after.code())) {
              // On with what was coded, as the explorer does it.
              todo.add(again);
            }
          });
    }
    assertThat(seen).hasSizeGreaterThan(500);
  }

  @Test
  void bound_isLimited() {
    assertThatThrownBy(() -> new Explorer(7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bound: 7 (expected: 2 to 6)");
  }
}
