package io.cardea.life.pki.path;

import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.path.PathStep.Outcome;
import java.util.List;
import java.util.Optional;

/// What became of a [PathQuestion]: it is trusted if no step failed, and each step says why.
///
/// @param path the certificates from the one that was judged up to its anchor, of the path that was
///   taken or, if none holds, of the one that came nearest; empty if none was found
public record PathJudgement(List<Certificate> path, List<PathStep> steps) {
  public PathJudgement {
    path = List.copyOf(path);
    steps = List.copyOf(steps);
  }

  public boolean trusted() {
    return !path.isEmpty()
        && !steps.isEmpty()
        && steps.stream().noneMatch(step -> step.outcome() == Outcome.FAILED);
  }

  /// The authority under which it is trusted.
  public Optional<Certificate> anchor() {
    return trusted() ? Optional.of(path.getLast()) : Optional.empty();
  }

  /// Why it is not trusted, in a line.
  public String refusal() {
    return steps.stream()
        .filter(step -> step.outcome() == Outcome.FAILED)
        .findFirst()
        .map(step ->
            step.check()
                + ": "
                + step.why()
                + (step.subject().isEmpty() ? "" : " [" + step.subject() + "]")
                + " ("
                + step.rule()
                + ")")
        .orElse(path.isEmpty() ? "no path to a trusted authority" : "");
  }

  long failures() {
    return steps.stream().filter(step -> step.outcome() == Outcome.FAILED).count();
  }
}
