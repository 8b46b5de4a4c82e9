package io.cardea.apps.cli;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigReference;
import io.cardea.apps.server.config.ConfigReport;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "config",
    description = "Checks the server's configuration, or prints the reference of all keys.",
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Reference.class},
    footer = {"", "Example:", "  cardea config check --config /etc/cardea/cardea.yaml"})
final class ConfigCommand extends GroupCommand {
  /// The file that a server reads when none is named, if it is there.
  static Optional<Path> usualFile() {
    return Stream.of(Path.of("cardea.yaml"), Path.of("/etc/cardea/cardea.yaml"))
        .filter(Files::exists)
        .findFirst();
  }

  @Command(
      name = "check",
      description = "Shows each value in effect with where it comes from, and every problem.",
      footer = {
        "",
        "Examples:",
        "  cardea config check",
        "  cardea config check --config cardea.yaml --output json"
      })
  static final class Check extends PrintingCommand {
    @Mixin private Output output = new Output();

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description =
            "The YAML file. Default: ./cardea.yaml, else /etc/cardea/cardea.yaml, if there is one.")
    private Optional<Path> file = Optional.empty();

    @Override
    public Integer call() {
      ConfigReport report = Config.check(file.or(ConfigCommand::usualFile), System.getenv());
      PrintWriter out = out();
      List<JsonNode> settings =
          report.settings().stream()
              .map(setting ->
                  (JsonNode)
                      ApiCommand.body()
                          .put("key", setting.key())
                          .put("value", setting.value())
                          .put("origin", setting.origin().toString()))
              .toList();
      if (output.isJson()) {
        ObjectNode all = ApiCommand.body();
        all.set("settings", ApiCommand.body().arrayNode().addAll(settings));
        all.set(
            "problems",
            ApiCommand.body()
                .arrayNode()
                .addAll(
                    report.problems().stream()
                        .map(problem ->
                            (JsonNode)
                                ApiCommand.body()
                                    .put("where", problem.where())
                                    .put("message", problem.message()))
                        .toList()));
        out.println(Output.line(all));
      } else {
        output.list(out, settings, Column.of("key", "value", "origin"));
        report.problems().forEach(problem -> err().println(Table.harmless(problem.toString())));
      }
      return report.problems().isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
    }
  }

  @Command(
      name = "reference",
      description = "Prints the reference of all keys, in Markdown.",
      footer = {"", "Example:", "  cardea config reference > docs/operations/configuration.md"})
  static final class Reference extends PrintingCommand {
    @Override
    public Integer call() {
      out().print(ConfigReference.markdown());
      return ExitCode.OK;
    }
  }
}
