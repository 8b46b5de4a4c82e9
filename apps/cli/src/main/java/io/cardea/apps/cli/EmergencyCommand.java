package io.cardea.apps.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "emergency",
    description =
        "Something is compromised: one command, and how far the fleet is from being safe.",
    subcommands = {
      EmergencyCommand.Authority.class,
      EmergencyCommand.Devices.class,
      EmergencyCommand.Listed.class,
      EmergencyCommand.Show.class
    },
    footer = {
      "",
      "Examples:",
      "  cardea emergency authority issuing-1 --comment 'HSM opened' --deadline 24h",
      "  cardea emergency devices --label batch=7 --since 2026-11-20T00:00:00Z --comment 'keys leaked'",
      "  cardea emergency show 0f8fad5b-d9cb-469f-a165-70867728950e --follow"
    })
final class EmergencyCommand extends GroupCommand {
  /// Declares it, after a question.
  abstract static class Declare extends ApiCommand {
    @Option(
        names = "--since",
        paramLabel = "TIME",
        description = "When it may have begun, like 2026-11-20T00:00:00Z.")
    private Optional<String> since = Optional.empty();

    @Option(names = "--comment", required = true, paramLabel = "TEXT", description = "What is.")
    private String comment = "";

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    abstract void into(ObjectNode body);

    abstract String question();

    @Override
    final void run(ApiClient api) throws CommandFailure {
      if (!yes && !answer(question() + " Type yes to go on: ").equals("yes")) {
        throw CommandFailure.refused("Nothing was declared.");
      }
      ObjectNode body = body().put("comment", comment);
      since.ifPresent(time -> body.put("since", time));
      into(body);
      output.one(out(), api.post(ApiClient.path("emergencies"), body));
    }
  }

  @Command(
      name = "authority",
      description = {
        "The key of an issuing authority is compromised. It issues no more; its devices move to a successor, and are",
        "revoked behind as they do. Other campaigns are paused."
      },
      footer = {
        "",
        "Example:",
        "  cardea emergency authority issuing-1 --comment 'HSM opened' --deadline 24h --per-minute 6000"
      })
  static final class Authority extends Declare {
    @Parameters(index = "0", paramLabel = "AUTHORITY", description = "Its id (cardea ca list).")
    private String authority = "";

    @Option(
        names = "--deadline",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "After this, whoever has not moved is revoked all the same.")
    private Optional<Duration> deadline = Optional.empty();

    @Option(
        names = "--canary",
        paramLabel = "N",
        description = "How many devices are in the first wave. Default: 10.")
    private Optional<Integer> canary = Optional.empty();

    @Option(
        names = "--per-minute",
        paramLabel = "N",
        description = "How many are called in a minute at most. Default: 1000.")
    private Optional<Integer> perMinute = Optional.empty();

    @Override
    String question() {
      return "This ends authority " + authority + " and moves all its devices.";
    }

    @Override
    void into(ObjectNode body) {
      body.put("authority", authority);
      deadline.ifPresent(value -> body.put("deadline_seconds", value.toSeconds()));
      canary.ifPresent(value -> body.put("canary", value));
      perMinute.ifPresent(value -> body.put("per_minute", value));
    }
  }

  @Command(
      name = "devices",
      description = {
        "The keys of devices are compromised. What they hold is revoked at once, with all that was issued under it",
        "since; they come back by a second proof. Other campaigns are paused."
      },
      footer = {
        "",
        "Example:",
        "  cardea emergency devices --label batch=7 --since 2026-11-20T00:00:00Z --comment 'keys leaked'"
      })
  static final class Devices extends Declare {
    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Override
    String question() {
      return "This revokes at once what the selected devices hold.";
    }

    @Override
    void into(ObjectNode body) {
      selection.into(body);
    }
  }

  @Command(
      name = "list",
      description = "Lists the emergencies, newest first.",
      footer = {"", "Example:", "  cardea emergency list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("emergencies");
    }

    @Override
    List<Column> columns() {
      return Column.of("id", "state", "authority", "begun_at", "ended_at", "comment");
    }
  }

  @Command(
      name = "show",
      description = "Shows how far it is, and when it will be over at the pace of now.",
      footer = {
        "",
        "Example:",
        "  cardea emergency show 0f8fad5b-d9cb-469f-a165-70867728950e --follow"
      })
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "EMERGENCY", description = "As the list names it.")
    private String id = "";

    @Option(names = "--follow", description = "Show how far it is until the fleet is safe.")
    private boolean follow;

    @Override
    void run(ApiClient api) throws CommandFailure {
      JsonNode emergency = api.get(ApiClient.path("emergencies", id), Map.of());
      try (ProgressLine line = new ProgressLine(err())) {
        while (follow && emergency.path("state").asString("").equals("running")) {
          line.at(
              "safe at " + emergency.path("safe_at").asString("?"),
              emergency.path("moved").asLong(0),
              emergency.path("devices").asLong(0));
          TimeUnit.MILLISECONDS.sleep(500);
          emergency = api.get(ApiClient.path("emergencies", id), Map.of());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      output.one(out(), emergency);
    }
  }
}
