package io.cardea.apps.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
    name = "freeze",
    description = "Stops the issuing of certificates to devices, and lets it go on.",
    subcommands = {FreezeCommand.Issuance.class, FreezeCommand.Show.class, FreezeCommand.End.class},
    footer = {
      "",
      "Examples:",
      "  cardea freeze issuance --reason 'profile lets too much through'",
      "  cardea freeze show",
      "  cardea freeze end --reason 'profile mended'"
    })
final class FreezeCommand extends GroupCommand {
  private static void print(ApiCommand command, JsonNode issuance) {
    if (command.output.isJson()) {
      command.output.one(command.out(), issuance);
    } else if (issuance.path("frozen").asBoolean(false)) {
      command
          .out()
          .println(
              "Frozen since "
                  + issuance.path("since").asString("?")
                  + " by "
                  + Table.harmless(issuance.path("actor").asString("?"))
                  + ": "
                  + Table.harmless(issuance.path("reason").asString("?")));
    } else {
      command.out().println("Certificates are issued.");
    }
  }

  @Command(
      name = "issuance",
      description = {
        "Stops the issuing of certificates to devices on every replica, from the next request on.",
        "What was issued is accepted as before, retries are answered, and revoking goes on. Recorded."
      },
      footer = {
        "",
        "Example:",
        "  cardea freeze issuance --reason 'profile lets too much through'"
      })
  static final class Issuance extends ApiCommand {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, for the ledger and for whoever finds it frozen.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      print(this, api.post(ApiClient.path("issuance", "freeze"), body().put("reason", reason)));
    }
  }

  @Command(
      name = "show",
      description = "Shows whether issuing is frozen, since when, by whom and why.",
      footer = {"", "Example:", "  cardea freeze show"})
  static final class Show extends ApiCommand {
    @Override
    void run(ApiClient api) throws CommandFailure {
      print(this, api.get(ApiClient.path("issuance"), Map.of()));
    }
  }

  @Command(
      name = "end",
      description = "Lets issuing go on. Recorded.",
      footer = {"", "Example:", "  cardea freeze end --reason 'profile mended'"})
  static final class End extends ApiCommand {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, for the ledger.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      print(this, api.post(ApiClient.path("issuance", "resume"), body().put("reason", reason)));
    }
  }
}
