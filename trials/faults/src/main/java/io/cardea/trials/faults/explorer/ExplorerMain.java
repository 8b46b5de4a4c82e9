package io.cardea.trials.faults.explorer;

import io.cardea.trials.faults.explorer.Explorer.Findings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Explores the chosen rules and the wrong ones, and prints what it finds. The first argument is
/// the bound, four credentials unless told; five take minutes.
public final class ExplorerMain {
  private ExplorerMain() {}

  public static void main(String[] arguments) {
    int bound = arguments.length == 0 ? 4 : Integer.parseInt(arguments[0]);
    boolean situations = run(new Explorer(bound), System.out);
    boolean scenes = run(new SceneExplorer(0), System.out);
    System.exit(situations && scenes ? 0 : 1);
  }

  static boolean run(Explorer explorer, PrintStream out) {
    boolean asExpected = true;
    long situations = 0;
    for (Rules rules : Rules.RIGHT_ONES) {
      List<Findings> all = new ArrayList<>();
      World.ALL.forEach(world -> all.add(explorer.explore(rules, world)));
      print(rules, all, out);
      boolean renews =
          all.stream().anyMatch(findings -> findings.traces().containsKey(End.RENEWED));
      if (!renews) {
        out.println("  no ordinary renewal is reached");
      }
      asExpected &= renews && all.stream().allMatch(findings -> findings.badEnd().isEmpty());
      situations += all.stream().mapToLong(Findings::situations).sum();
    }
    for (Rules rules : Rules.WRONG_ONES) {
      List<Findings> all = explorer.search(rules);
      print(rules, all, out);
      asExpected &= all.getLast().badEnd().isPresent();
      situations += all.stream().mapToLong(Findings::situations).sum();
    }
    out.println();
    out.println(
        situations
            + " situations; "
            + (asExpected ? "as expected" : "a rule does not do what it is for"));
    return asExpected;
  }

  static boolean run(SceneExplorer explorer, PrintStream out) {
    boolean asExpected = true;
    for (Circumstance circumstance : Circumstance.values()) {
      SceneExplorer.Findings findings = explorer.explore(SceneRules.chosen(circumstance), false);
      out.println();
      out.println("the chosen rules, " + circumstance + ", " + findings.scenes() + " scenes");
      asExpected &= findings.traces().isEmpty();
      print(findings, out);
    }
    for (SceneRules rules : SceneRules.WRONG_ONES) {
      SceneExplorer.Findings findings = explorer.explore(rules, true);
      out.println();
      out.println(rules.name() + ", " + rules.circumstance());
      asExpected &= !findings.traces().isEmpty();
      print(findings, out);
    }
    return asExpected;
  }

  private static void print(SceneExplorer.Findings findings, PrintStream out) {
    if (findings.traces().isEmpty()) {
      out.println("  no bad end");
    }
    findings
        .traces()
        .forEach((end, trace) -> out.println("  " + end + ": " + String.join(" · ", trace)));
  }

  private static void print(Rules rules, List<Findings> all, PrintStream out) {
    out.println();
    out.println(rules.name());
    boolean bad = false;
    for (Findings findings : all) {
      for (Map.Entry<End, List<String>> trace : findings.traces().entrySet()) {
        if (End.BAD.contains(trace.getKey())) {
          bad = true;
          out.println(
              "  "
                  + trace.getKey()
                  + " ("
                  + findings.world()
                  + "): "
                  + String.join(" · ", trace.getValue()));
        }
      }
    }
    if (!bad) {
      out.println("  no bad end");
    }
  }
}
