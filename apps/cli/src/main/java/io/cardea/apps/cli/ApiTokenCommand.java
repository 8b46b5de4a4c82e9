package io.cardea.apps.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "api-token",
    description = "Bearer tokens of people and programs that call the API.",
    subcommands = {ApiTokenCommand.Listed.class, ApiTokenCommand.Create.class},
    footer = {"", "Example:", "  cardea api-token create dashboard --role reader"})
final class ApiTokenCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the tokens, never their secrets.",
      footer = {"", "Example:", "  cardea api-token list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("api-tokens");
    }

    @Override
    List<Column> columns() {
      return Column.of("name", "role", "scope", "created_at", "expires_at");
    }
  }

  @Command(
      name = "create",
      description = {
        "Makes a token; one of the same name is replaced. Standard output has the token alone; it is shown once."
      },
      footer = {
        "",
        "Examples:",
        "  cardea api-token create dashboard --role reader",
        "  cardea api-token create line-7 --role fleet-operator --class pump --environment"
            + " production --life 90d"
      })
  static final class Create extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Who uses it.")
    private String name = "";

    @Option(
        names = "--role",
        required = true,
        paramLabel = "ROLE",
        description =
            "administrator, pki-officer, fleet-operator, auditor (reads all), or reader (sees the"
                + " inventory).")
    private String role = "";

    @Option(
        names = "--class",
        paramLabel = "CLASS",
        description = "Only for devices of this class. May be given more than once.")
    private List<String> classes = List.of();

    @Option(
        names = "--environment",
        paramLabel = "ENV",
        description = "Only for devices of this environment. May be given more than once.")
    private List<String> environments = List.of();

    @Option(
        names = "--owner",
        paramLabel = "OWNER",
        description = "Only for devices of this owner. May be given more than once.")
    private List<String> owners = List.of();

    @Option(
        names = "--life",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long it opens anything, such as 90d. Without it, until it is replaced.")
    private Optional<Duration> life = Optional.empty();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("name", name).put("role", role);
      putScope(body, "classes", classes);
      putScope(body, "environments", environments);
      putScope(body, "owners", owners);
      life.ifPresent(time -> body.put("life_seconds", time.toSeconds()));
      JsonNode made = api.post(ApiClient.path("api-tokens"), body);
      if (output.isJson()) {
        output.one(out(), made);
      } else {
        err().println("For " + name + ", " + role + ":");
        out().println(made.path("token").asString());
      }
    }

    private static void putScope(ObjectNode body, String list, List<String> names) {
      if (!names.isEmpty()) {
        names.forEach(body.withObjectProperty("scope").putArray(list)::add);
      }
    }
  }
}
