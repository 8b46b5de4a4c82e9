package io.cardea.apps.cli;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "credential",
    description = "Credentials: what devices prove themselves with.",
    subcommands = {
      CredentialCommand.Listed.class,
      CredentialCommand.Show.class,
      CredentialCommand.Revoke.class,
      CredentialCommand.Issue.class
    },
    footer = {"", "Example:", "  cardea credential list --device pump-1"})
final class CredentialCommand extends GroupCommand {
  static final List<Column> COLUMNS =
      Column.of(
          "id", "slot", "kind", "state", "issued_at", "not_after", "proven_at", "last_used_at");

  @Command(
      name = "list",
      description = "Lists the credentials of a device, the newest first.",
      footer = {"", "Example:", "  cardea credential list --device pump-1"})
  static final class Listed extends ApiCommand.Listing {
    @Option(
        names = "--device",
        required = true,
        paramLabel = "DEVICE",
        description = "The registered id.")
    private String device = "";

    @Override
    String path() {
      return ApiClient.path("credentials");
    }

    @Override
    Map<String, List<String>> filter() {
      return Map.of("device", List.of(device));
    }

    @Override
    List<Column> columns() {
      return COLUMNS;
    }
  }

  @Command(
      name = "show",
      description = "Shows a credential and its certificate.",
      footer = {"", "Example:", "  cardea credential show 0190f6a0-0000-7000-8000-000000000001"})
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "CREDENTIAL", description = "Its id.")
    private String id = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("credentials", id), Map.of()));
    }
  }

  /// Why, and since when: the same words for one credential and for all of a device.
  static final class Revocation {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "REASON",
        description =
            "key-compromise (takes every credential of the key, and what was issued under them), superseded,"
                + " cessation-of-operation, affiliation-changed, privilege-withdrawn or unspecified.")
    private String reason = "";

    @Option(
        names = "--since",
        paramLabel = "TIME",
        description =
            "For key-compromise: when the key was lost, for instance 2026-11-20T08:00:00Z.")
    private Optional<Instant> since = Optional.empty();

    @Option(names = "--comment", paramLabel = "TEXT", description = "For the ledger.")
    private Optional<String> comment = Optional.empty();

    ObjectNode body() {
      ObjectNode body = ApiCommand.body().put("reason", reason);
      since.ifPresent(time -> body.put("since", time.toString()));
      comment.ifPresent(text -> body.put("comment", text));
      return body;
    }
  }

  @Command(
      name = "revoke",
      description = "Revokes a credential. Final.",
      footer = {
        "",
        "Example:",
        "  cardea credential revoke 0190f6a0-0000-7000-8000-000000000001 --reason key-compromise \\",
        "      --since 2026-11-20T08:00:00Z"
      })
  static final class Revoke extends ApiCommand {
    @Parameters(index = "0", paramLabel = "CREDENTIAL", description = "Its id.")
    private String id = "";

    @picocli.CommandLine.Mixin private Revocation revocation = new Revocation();

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.post(ApiClient.path("credentials", id, "revoke"), revocation.body()));
    }
  }

  @Command(
      name = "issue",
      description = {
        "Makes the next API key of a program that has no certificate. Standard output has the key"
            + " alone; it is shown once. Two live at a time: the one in use, and its successor."
      },
      footer = {"", "Example:", "  KEY=$(cardea credential issue billing api-key)"})
  static final class Issue extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String device = "";

    @Parameters(index = "1", paramLabel = "SLOT", description = "One of its class.")
    private String slot = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      JsonNode made =
          api.post(ApiClient.path("devices", device, "slots", slot, "api-keys"), body());
      if (output.isJson()) {
        output.one(out(), made);
      } else {
        String until = made.path("credential").path("not_after").asString("?");
        err().println("For " + device + ", until " + until + ":");
        out().println(made.path("api_key").asString());
      }
    }
  }
}
