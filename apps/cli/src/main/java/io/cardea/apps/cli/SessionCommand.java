package io.cardea.apps.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "session",
    description = "Connections of devices at enforcement points.",
    subcommands = SessionCommand.Listed.class,
    footer = {"", "Example:", "  cardea session list pump-1"})
final class SessionCommand extends GroupCommand {
  private static final List<Column> COLUMNS =
      Column.of("audience", "session", "opened_at", "credential", "ending_since");

  @Command(
      name = "list",
      description = "Lists the connections of a device that are open, as enforcement points told.",
      footer = {"", "Example:", "  cardea session list pump-1"})
  static final class Listed extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "Its registered id.")
    private String device = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.list(
          out(),
          api.page(ApiClient.path("devices", device, "sessions"), Map.of()).items(),
          COLUMNS);
    }
  }
}
