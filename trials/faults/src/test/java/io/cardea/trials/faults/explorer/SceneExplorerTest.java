package io.cardea.trials.faults.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.trials.faults.explorer.SceneExplorer.Findings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The rules that need more than a device, a thief and time. One credential more, in some minutes,
/// with `-Dcardea.explorer.more=1`.
class SceneExplorerTest {
  /// How each wrong rule ends.
  private static final Map<String, SceneEnd> WRONG =
      Map.of(
          "report = a proof, whoever makes it (R2)", SceneEnd.LOCKED_OUT,
          "retire = whatever audiences have seen (R3)", SceneEnd.LOCKED_OUT_THERE,
          "retire = whatever is connected (R3)", SceneEnd.CONNECTED_BY_A_RETIRED_ONE,
          "enough candidates = the oldest goes (R5)", SceneEnd.LOCKED_OUT,
          "second proof = only without a credential (R6)", SceneEnd.NO_WAY_BACK,
          "grace = for what was retired, too (R6)", SceneEnd.REVIVED,
          "compromise = that credential alone (R8)", SceneEnd.OUTLIVES_REVOCATION,
          "quarantine = no renewal (R11)", SceneEnd.LOCKED_OUT);

  private final SceneExplorer explorer =
      new SceneExplorer(Integer.getInteger("cardea.explorer.more", 0));

  static Stream<SceneRules> wrongOnes() {
    return SceneRules.WRONG_ONES.stream();
  }

  @ParameterizedTest
  @EnumSource(Circumstance.class)
  void chosenRules_comeToNoBadEnd(Circumstance circumstance) {
    Findings findings = explorer.explore(SceneRules.chosen(circumstance), false);

    assertThat(findings.traces()).isEmpty();
    // Or little was tried.
    assertThat(findings.scenes()).isGreaterThan(100);
  }

  @ParameterizedTest
  @MethodSource("wrongOnes")
  void wrongRule_comesToABadEnd(SceneRules rules) {
    assertThat(explorer.explore(rules, true).traces()).containsOnlyKeys(WRONG.get(rules.name()));
  }

  @Test
  void eachCircumstance_hasARuleThatGoesWrongInIt() {
    assertThat(SceneRules.WRONG_ONES)
        .extracting(SceneRules::circumstance)
        .containsExactlyInAnyOrder(Circumstance.values());
  }

  /// A device that never had an answer, and a report of what nobody uses.
  @Test
  void trace_isAShortestOne() {
    assertThat(explorer.explore(SceneRules.WRONG_ONES.getFirst(), true).traces())
        .containsValue(List.of("asks for k0 by its token, answer lost", "audience reports k0"));
  }
}
