package io.cardea.apps.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

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
      return Column.of("name", "role", "created_at");
    }
  }

  @Command(
      name = "create",
      description = {
        "Makes a token; one of the same name is replaced. Standard output has the token alone; it is shown once."
      },
      footer = {"", "Example:", "  cardea api-token create dashboard --role reader"})
  static final class Create extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "Who uses it.")
    private String name = "";

    @Option(
        names = "--role",
        required = true,
        paramLabel = "ROLE",
        description = "administrator, or reader (changes nothing).")
    private String role = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      JsonNode made =
          api.post(ApiClient.path("api-tokens"), body().put("name", name).put("role", role));
      if (output.isJson()) {
        output.one(out(), made);
      } else {
        err().println("For " + name + ", " + role + ":");
        out().println(made.path("token").asString());
      }
    }
  }
}
