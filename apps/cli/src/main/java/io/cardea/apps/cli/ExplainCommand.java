package io.cardea.apps.cli;

import io.cardea.life.Refusal;
import io.cardea.life.findings.Alarm;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "explain",
    description =
        "Says what the code of a refusal or of an alarm means and what to do about it; without a code, lists all codes.",
    footer = {
      "",
      "Examples:",
      "  cardea explain credential-retired",
      "  cardea explain disk-low",
      "  cardea explain"
    })
final class ExplainCommand extends PrintingCommand {
  @Mixin private Output output = new Output();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CODE",
      description = "The code of a refusal or of an alarm.")
  private Optional<String> code = Optional.empty();

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = out();
    if (code.isEmpty()) {
      List<JsonNode> all = new ArrayList<>();
      Arrays.stream(Refusal.values()).map(ExplainCommand::described).forEach(all::add);
      Arrays.stream(Alarm.values()).map(ExplainCommand::described).forEach(all::add);
      output.list(out, all, Column.of("code", "kind", "meaning"));
      return ExitCode.OK;
    }
    // A refusal and an alarm may have one cause, and then they share its name.
    List<JsonNode> found = new ArrayList<>();
    Refusal.byCode(code.get()).map(ExplainCommand::described).ifPresent(found::add);
    Alarm.byCode(code.get()).map(ExplainCommand::described).ifPresent(found::add);
    if (found.isEmpty()) {
      throw CommandFailure.refused(
          code.get() + " is no code that we know. All of them: cardea explain");
    }
    for (JsonNode one : found) {
      output.one(out, one);
    }
    return ExitCode.OK;
  }

  private static JsonNode described(Refusal refusal) {
    ObjectNode node = ApiCommand.body();
    node.put("code", refusal.code());
    node.put("kind", "refusal");
    node.put("fault", refusal.fault().name().toLowerCase(Locale.ROOT));
    node.put("meaning", refusal.meaning());
    node.put("next_step", refusal.nextStep());
    return node;
  }

  private static JsonNode described(Alarm alarm) {
    ObjectNode node = ApiCommand.body();
    node.put("code", alarm.code());
    node.put("kind", "alarm");
    node.put("severity", alarm.severity().name().toLowerCase(Locale.ROOT));
    node.put("meaning", alarm.meaning());
    node.put("next_step", alarm.nextStep());
    node.put("runbook", alarm.runbook());
    return node;
  }
}
