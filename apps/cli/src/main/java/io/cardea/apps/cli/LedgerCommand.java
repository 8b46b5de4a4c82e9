package io.cardea.apps.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "ledger",
    description = "The ledger: every recorded act.",
    subcommands = {LedgerCommand.Listed.class, LedgerCommand.Export.class},
    footer = {"", "Example:", "  cardea ledger export > ledger.jsonl"})
final class LedgerCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists entries, the oldest first.",
      footer = {"", "Example:", "  cardea ledger list --after 1000"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("ledger");
    }

    @Override
    List<Column> columns() {
      return Column.of("number", "at", "kind", "actor", "device", "facts");
    }
  }

  @Command(
      name = "export",
      description =
          "Writes every entry, one JSON object a line, with the recorded bytes as `canonical`.",
      footer = {
        "",
        "Examples:",
        "  cardea ledger export > ledger.jsonl",
        "  cardea ledger export --after 52000 >> ledger.jsonl"
      })
  static final class Export extends ApiCommand {
    @Option(
        names = "--after",
        paramLabel = "NUMBER",
        defaultValue = "",
        description = "Go on after this entry.")
    private String after = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      Optional<String> cursor = after.isEmpty() ? Optional.empty() : Optional.of(after);
      do {
        Map<String, String> query = new HashMap<>(Map.of("limit", "" + ApiClient.PAGE));
        cursor.ifPresent(number -> query.put("after", number));
        ApiClient.Page page = api.page(ApiClient.path("ledger"), query);
        page.items().forEach(entry -> out().println(Output.line(entry)));
        cursor = page.next();
      } while (cursor.isPresent());
    }
  }
}
