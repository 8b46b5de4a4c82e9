package io.cardea.apps.cli;

import io.cardea.life.Refusal;
import java.io.PrintWriter;
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
        "Says what a refusal's code means and what to do about it; without a code, lists all codes.",
    footer = {"", "Examples:", "  cardea explain credential-retired", "  cardea explain"})
final class ExplainCommand extends PrintingCommand {
  @Mixin private Output output = new Output();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CODE",
      description = "The code of a refusal.")
  private Optional<String> code = Optional.empty();

  @Override
  public Integer call() throws CommandFailure {
    PrintWriter out = out();
    if (code.isEmpty()) {
      List<JsonNode> all = Arrays.stream(Refusal.values()).map(ExplainCommand::described).toList();
      output.list(out, all, Column.of("code", "fault", "meaning"));
      return ExitCode.OK;
    }
    Refusal refusal =
        Refusal.byCode(code.get())
            .orElseThrow(() ->
                CommandFailure.refused(
                    code.get() + " is no code of a refusal. All of them: cardea explain"));
    output.one(out, described(refusal));
    return ExitCode.OK;
  }

  private static JsonNode described(Refusal refusal) {
    ObjectNode node = ApiCommand.body();
    node.put("code", refusal.code());
    node.put("fault", refusal.fault().name().toLowerCase(Locale.ROOT));
    node.put("meaning", refusal.meaning());
    node.put("next_step", refusal.nextStep());
    return node;
  }
}
