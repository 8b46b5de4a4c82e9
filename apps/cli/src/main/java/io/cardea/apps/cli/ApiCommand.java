package io.cardea.apps.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A command that is one conversation with the API.
abstract class ApiCommand extends PrintingCommand {
  @Mixin private Connection connection = new Connection();
  @Mixin Output output = new Output();

  abstract void run(ApiClient api) throws CommandFailure;

  @Override
  public final Integer call() throws CommandFailure {
    try (ApiClient api = connection.open()) {
      run(api);
    }
    return ExitCode.OK;
  }

  static ObjectNode body() {
    return JsonMapper.shared().createObjectNode();
  }

  /// A list, page by page.
  abstract static class Listing extends ApiCommand {
    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "100",
        description = "How many to show at most. Default: ${DEFAULT-VALUE}.")
    private int limit = 100;

    @Option(names = "--all", description = "Show all there are, page by page.")
    private boolean all;

    @Option(
        names = "--after",
        paramLabel = "CURSOR",
        defaultValue = "",
        description = "Go on after this one, as the list before said.")
    private String after = "";

    abstract String path();

    abstract List<Column> columns();

    /// What narrows the list down.
    Map<String, List<String>> filter() {
      return Map.of();
    }

    @Override
    final void run(ApiClient api) throws CommandFailure {
      String cursor = after;
      long left = all ? Long.MAX_VALUE : Math.max(1, limit);
      List<JsonNode> shown = new ArrayList<>();
      boolean more;
      do {
        Map<String, List<String>> query = new HashMap<>(filter());
        query.put("limit", List.of(Long.toString(Math.min(left, ApiClient.PAGE))));
        if (!cursor.isEmpty()) {
          query.put("after", List.of(cursor));
        }
        ApiClient.Page page = api.page(path(), query);
        left -= page.items().size();
        if (output.isJson()) {
          output.list(out(), page.items(), columns());
        } else {
          shown.addAll(page.items());
        }
        more = page.next().isPresent();
        cursor = page.next().orElse("");
      } while (more && left > 0);
      if (!output.isJson()) {
        output.list(out(), shown, columns());
      }
      if (more) {
        err().println("There are more: --after " + cursor + ", or --all");
      }
    }
  }
}
