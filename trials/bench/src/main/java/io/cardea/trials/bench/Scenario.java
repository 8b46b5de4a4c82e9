package io.cardea.trials.bench;

import java.util.List;

/// One thing to measure.
interface Scenario {
  /// @throws BenchFailure when there is no figure, or one that must not be believed
  List<Figure> run(Plan plan) throws BenchFailure;
}
