package io.cardea.apps.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "profile",
    description = "Certificate profiles: what a certificate may contain, and for how long.",
    subcommands = {ProfileCommand.Listed.class, ProfileCommand.Show.class},
    footer = {"", "Example:", "  cardea profile list"})
final class ProfileCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the profiles.",
      footer = {"", "Example:", "  cardea profile list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("profiles");
    }

    @Override
    List<Column> columns() {
      return Column.of("name", "life_seconds", "allowed_keys", "extended_key_usage");
    }
  }

  @Command(
      name = "show",
      description = "Shows a profile.",
      footer = {"", "Example:", "  cardea profile show device"})
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PROFILE", description = "The name of the profile.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("profiles", name), Map.of()));
    }
  }
}
