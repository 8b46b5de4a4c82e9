package io.cardea.apps.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "plan",
    description = {
      "Says what a dangerous change would do to each device, and applies it while no healthy one is left with nothing."
    },
    subcommands = {
      PlanCommand.RemoveAuthority.class,
      PlanCommand.Revoke.class,
      PlanCommand.RemoveAudience.class,
      PlanCommand.ChangeClass.class,
      PlanCommand.Listed.class,
      PlanCommand.Show.class,
      PlanCommand.Apply.class
    },
    footer = {
      "",
      "Examples:",
      "  cardea plan remove-authority issuing-1 --reason 'new CA'",
      "  cardea plan apply 0f8fad5b-d9cb-469f-a165-70867728950e"
    })
final class PlanCommand extends GroupCommand {
  private static final List<Column> LOSSES =
      Column.of("device_class", "devices", "healthy", "days", "cause", "example");

  private static void print(ApiCommand command, JsonNode plan) {
    if (command.output.isJson()) {
      command.output.one(command.out(), plan);
      return;
    }
    ObjectNode facts = ((ObjectNode) plan).deepCopy();
    JsonNode losses = facts.remove("losses");
    JsonNode order = facts.remove("order");
    command.output.one(command.out(), facts);
    if (losses != null && !losses.isEmpty()) {
      command.out().println();
      command.out().println("Devices that would hold nothing:");
      command.output.list(command.out(), List.copyOf(losses.values()), LOSSES);
    }
    if (order != null && !order.isEmpty()) {
      command.out().println();
      command.out().println("In this order:");
      order
          .values()
          .forEach(step -> command.out().println("  " + Table.harmless(step.asString(""))));
    }
  }

  /// Makes a plan.
  abstract static class Make extends ApiCommand {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, for the ledger.")
    private String reason = "";

    abstract String change();

    abstract void into(ObjectNode body);

    @Override
    final void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("change", change()).put("reason", reason);
      into(body);
      print(this, api.post(ApiClient.path("plans"), body));
    }
  }

  @Command(
      name = "remove-authority",
      description = {
        "Plans the end of an issuing authority: it issues no more, and what it issued to devices is revoked."
      },
      footer = {"", "Example:", "  cardea plan remove-authority issuing-1 --reason 'new CA'"})
  static final class RemoveAuthority extends Make {
    @Parameters(index = "0", paramLabel = "AUTHORITY", description = "Its id (cardea ca list).")
    private String authority = "";

    @Override
    String change() {
      return "remove-authority";
    }

    @Override
    void into(ObjectNode body) {
      body.put("authority", authority);
    }
  }

  @Command(
      name = "revoke",
      description = "Plans to revoke what many devices hold.",
      footer = {
        "",
        "Example:",
        "  cardea plan revoke --label batch=7 --revocation-reason superseded --reason 'weak keys'"
      })
  static final class Revoke extends Make {
    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Option(
        names = "--revocation-reason",
        required = true,
        paramLabel = "REASON",
        description = "As in revocation lists: superseded, key-compromise, …")
    private String reason = "";

    @Override
    String change() {
      return "revoke";
    }

    @Override
    void into(ObjectNode body) {
      selection.into(body);
      body.put("revocation_reason", reason);
    }
  }

  @Command(
      name = "remove-audience",
      description = "Plans the end of an audience: nobody waits any more for what it sees.",
      footer = {"", "Example:", "  cardea plan remove-audience broker --reason 'switched off'"})
  static final class RemoveAudience extends Make {
    @Parameters(index = "0", paramLabel = "AUDIENCE", description = "Its name.")
    private String audience = "";

    @Override
    String change() {
      return "remove-audience";
    }

    @Override
    void into(ObjectNode body) {
      body.put("audience", audience);
    }
  }

  @Command(
      name = "change-class",
      description = "Plans other terms of silence and grace for a class.",
      footer = {
        "",
        "Example:",
        "  cardea plan change-class meters --longest-silence 7d --grace 30d --reason 'new radio'"
      })
  static final class ChangeClass extends Make {
    @Parameters(index = "0", paramLabel = "CLASS", description = "Its name.")
    private String name = "";

    @Option(
        names = "--longest-silence",
        required = true,
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long a healthy device may say nothing.")
    private Duration longestSilence = Duration.ZERO;

    @Option(
        names = "--grace",
        required = true,
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long after its expiry a credential still renews.")
    private Duration grace = Duration.ZERO;

    @Override
    String change() {
      return "change-class";
    }

    @Override
    void into(ObjectNode body) {
      body.put("class", name)
          .put("longest_silence_seconds", longestSilence.toSeconds())
          .put("grace_seconds", grace.toSeconds());
    }
  }

  @Command(
      name = "list",
      description = "Lists the plans and what became of them, newest first.",
      footer = {"", "Example:", "  cardea plan list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("plans");
    }

    @Override
    List<Column> columns() {
      return Column.of("id", "state", "change", "subject", "devices", "healthy", "made_at");
    }
  }

  @Command(
      name = "show",
      description = "Shows a plan: who would hold nothing, until when, and in what order to go.",
      footer = {"", "Example:", "  cardea plan show 0f8fad5b-d9cb-469f-a165-70867728950e"})
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PLAN", description = "As the list names it.")
    private String id = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      print(this, api.get(ApiClient.path("plans", id), Map.of()));
    }
  }

  @Command(
      name = "apply",
      description = {
        "Computes a plan again and applies it. Refused while a healthy device would be left with nothing, unless there",
        "is a reason to override that."
      },
      footer = {"", "Example:", "  cardea plan apply 0f8fad5b-d9cb-469f-a165-70867728950e"})
  static final class Apply extends ApiCommand {
    @Parameters(index = "0", paramLabel = "PLAN", description = "As the list names it.")
    private String id = "";

    @Option(
        names = "--override",
        paramLabel = "REASON",
        description = "Why healthy devices may be left with nothing. Recorded.")
    private Optional<String> override = Optional.empty();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body();
      override.ifPresent(reason -> body.put("override", reason));
      print(this, api.post(ApiClient.path("plans", id, "apply"), body));
    }
  }
}
