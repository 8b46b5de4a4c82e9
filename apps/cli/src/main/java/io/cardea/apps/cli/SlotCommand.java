package io.cardea.apps.cli;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "slot",
    description = "Slots: what devices of a class may hold beside certificates.",
    subcommands = {SlotCommand.Listed.class, SlotCommand.Save.class},
    footer = {"", "Example:", "  cardea slot save sensors mqtt --kind pre-shared-key --life 30d"})
final class SlotCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the slots of a class.",
      footer = {"", "Example:", "  cardea slot list sensors"})
  static final class Listed extends ApiCommand.Listing {
    @Parameters(index = "0", paramLabel = "CLASS", description = "The class of the devices.")
    private String deviceClass = "";

    @Override
    String path() {
      return ApiClient.path("classes", deviceClass, "slots");
    }

    @Override
    List<Column> columns() {
      return Column.of("name", "kind", "life_seconds");
    }
  }

  @Command(
      name = "save",
      description =
          "Gives the devices of a class a slot, or what it will hold another life. Its kind stays.",
      footer = {
        "",
        "Examples:",
        "  cardea slot save sensors mqtt --kind pre-shared-key --life 30d",
        "  cardea slot save services api-key --kind api-key --life 90d"
      })
  static final class Save extends ApiCommand {
    @Parameters(index = "0", paramLabel = "CLASS", description = "The class of the devices.")
    private String deviceClass = "";

    @Parameters(index = "1", paramLabel = "SLOT", description = "Its name.")
    private String name = "";

    @Option(
        names = "--kind",
        required = true,
        paramLabel = "KIND",
        description = "api-key, token-signing-key, pre-shared-key (a password), or data-key.")
    private String kind = "";

    @Option(
        names = "--life",
        required = true,
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long each credential is accepted, such as 90d.")
    private Duration life = Duration.ZERO;

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("kind", kind).put("life_seconds", life.toSeconds());
      output.one(out(), api.put(ApiClient.path("classes", deviceClass, "slots", name), body));
    }
  }
}
