package io.cardea.apps.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "ca",
    description = "Authorities: the CA certificates, root and issuing.",
    subcommands = {AuthorityCommand.Listed.class, AuthorityCommand.Show.class},
    footer = {"", "Example:", "  cardea ca list"})
final class AuthorityCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the authorities.",
      footer = {"", "Example:", "  cardea ca list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("authorities");
    }

    @Override
    List<Column> columns() {
      return Column.of("id", "kind", "name", "key", "not_after");
    }
  }

  @Command(
      name = "show",
      description = "Shows an authority and its certificate.",
      footer = {"", "Example:", "  cardea ca show issuing"})
  static final class Show extends ApiCommand {
    @Parameters(
        index = "0",
        paramLabel = "AUTHORITY",
        description = "The id of the authority, or its name.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("authorities", name), Map.of()));
    }
  }
}
