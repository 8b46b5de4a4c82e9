package io.cardea.apps.cli;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

@Command(
    name = "doctor",
    description = {
      "Says what is wrong with the server, how bad it is and what to do.",
      "When the server does not answer, looks at what can be seen from here: configuration, data directory, disk."
    },
    footer = {
      "",
      "Ends with 0 when nothing is wrong, 1 when something is, 3 when nobody answers.",
      "",
      "Examples:",
      "  cardea doctor",
      "  cardea doctor --output json"
    })
final class DoctorCommand extends ApiCommand {
  @Override
  void run(ApiClient api) throws CommandFailure {
    JsonNode answer;
    try {
      answer = api.get(ApiClient.path("alarms"), Map.of());
    } catch (CommandFailure e) {
      if (e.exitCode() == ExitCode.UNREACHABLE) {
        lookAround(err());
      }
      throw e;
    }
    List<JsonNode> alarms = new ArrayList<>();
    answer.path("items").forEach(alarms::add);
    output.list(out(), alarms, Column.of("code", "state", "severity", "since", "detail"));
    List<JsonNode> wrong =
        alarms.stream().filter(one -> !one.path("state").asString("").equals("fine")).toList();
    if (!output.isJson()) {
      wrong.forEach(this::advise);
    }
    if (!wrong.isEmpty()) {
      throw CommandFailure.refused(wrong.size() + " of " + alarms.size() + " checks are not fine.");
    }
  }

  private void advise(JsonNode alarm) {
    PrintWriter out = out();
    out.println();
    out.println(
        Table.harmless(alarm.path("code").asString("?"))
            + ": "
            + Table.harmless(alarm.path("meaning").asString("")));
    out.println("  Next: " + Table.harmless(alarm.path("next_step").asString("")));
    out.println("  More: " + Table.harmless(alarm.path("runbook").asString("")));
  }

  private static void lookAround(PrintWriter err) {
    ConfigReport report = Config.check(ConfigCommand.usualFile(), System.getenv());
    err.println("From here:");
    err.println(
        report.problems().isEmpty()
            ? "  configuration: nothing is wrong with it"
            : "  configuration: "
                + report.problems().size()
                + " problems, so the server does not start (cardea config check)");
    Path data = report.dataDirectory().path();
    if (!Files.isDirectory(data)) {
      err.println("  data directory: " + data + " is not there: the server never ran with it");
      return;
    }
    try {
      err.println(
          "  data directory: "
              + data
              + ", "
              + (Files.getFileStore(data).getUsableSpace() >> 20)
              + " MiB free");
    } catch (IOException e) {
      err.println("  data directory: " + data + " cannot be looked at as this user");
    }
  }
}
