package io.cardea.apps.cli;

import java.time.Duration;
import java.util.ArrayList;
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
    name = "campaign",
    description = "Has many devices change their keys, for one reason and wave by wave.",
    subcommands = {
      CampaignCommand.Begin.class,
      CampaignCommand.Listed.class,
      CampaignCommand.Show.class,
      CampaignCommand.Devices.class,
      CampaignCommand.Pause.class,
      CampaignCommand.Resume.class,
      CampaignCommand.Abort.class,
      CampaignCommand.Freeze.class
    },
    footer = {
      "",
      "Examples:",
      "  cardea campaign begin --class sensors --cause algorithm --comment 'away from RSA' --preview",
      "  cardea campaign show ID --follow",
      "  cardea campaign devices ID --standing late",
      "  cardea campaign pause ID --reason 'line 3 is down'"
    })
final class CampaignCommand extends GroupCommand {
  private static final List<Column> WAVES =
      Column.of("wave", "waiting", "called", "moved", "late", "gone");

  /// Prints a campaign: what it is, and its waves as a table.
  private static void print(ApiCommand command, JsonNode campaign) {
    if (command.output.isJson()) {
      command.output.one(command.out(), campaign);
      return;
    }
    ObjectNode facts = ((ObjectNode) campaign).deepCopy();
    JsonNode waves = facts.remove("waves");
    command.output.one(command.out(), facts);
    if (waves != null && !waves.isEmpty()) {
      command.out().println();
      command.output.list(command.out(), List.copyOf(waves.values()), WAVES);
    }
  }

  /// Shows how far it is, until it stands still or nobody wants to see it any more.
  private static JsonNode followed(ApiCommand command, ApiClient api, JsonNode begun)
      throws CommandFailure {
    JsonNode campaign = begun;
    try (ProgressLine line = new ProgressLine(command.err())) {
      while (campaign.path("state").asString("").equals("running")) {
        long late = campaign.path("late").asLong(0);
        line.at(
            campaign.path("moved").asLong(0)
                + " moved, "
                + campaign.path("called").asLong(0)
                + " called, "
                + late
                + " late, wave "
                + campaign.path("wave").asLong(0),
            campaign.path("moved").asLong(0) + late + campaign.path("gone").asLong(0),
            campaign.path("devices").asLong(0));
        TimeUnit.MILLISECONDS.sleep(250);
        campaign =
            api.get(ApiClient.path("campaigns", campaign.path("id").asString("?")), Map.of());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return campaign;
  }

  @Command(
      name = "begin",
      description = {
        "Begins a campaign. Says first how many devices it comes to, and asks.",
        "A device that is called finds its renewal window open when it next asks; one that never asks goes on with",
        "what it holds. The first wave is the canary. The campaign halts when too many are late."
      },
      footer = {
        "",
        "Examples:",
        "  cardea campaign begin --class sensors --cause policy --comment 'shorter lives' --preview",
        "  cardea campaign begin --authority issuing-1 --cause authority --comment 'new CA' --canary 50 --follow"
      })
  static final class Begin extends ApiCommand {
    @Mixin private SelectionOptions selection = new SelectionOptions();

    @Option(
        names = "--cause",
        paramLabel = "CAUSE",
        defaultValue = "policy",
        description = "policy, compromise, algorithm or authority. Default: ${DEFAULT-VALUE}.")
    private String cause = "policy";

    @Option(names = "--comment", required = true, paramLabel = "TEXT", description = "Why.")
    private String comment = "";

    @Option(
        names = "--canary",
        paramLabel = "N",
        description = "How many devices are in the first wave. Default: 10.")
    private Optional<Integer> canary = Optional.empty();

    @Option(
        names = "--growth",
        paramLabel = "N",
        description = "How many times as many are in each wave as in the one before. Default: 10.")
    private Optional<Integer> growth = Optional.empty();

    @Option(
        names = "--per-minute",
        paramLabel = "N",
        description = "How many are called in a minute at most. Default: 1000.")
    private Optional<Integer> perMinute = Optional.empty();

    @Option(
        names = "--error-budget",
        paramLabel = "PERCENT",
        description = "How many of a hundred that were called may be late. Default: 2.")
    private Optional<Integer> errorBudget = Optional.empty();

    @Option(
        names = "--patience",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "After how long a device that was called is late. Default: 1d.")
    private Optional<Duration> patience = Optional.empty();

    @Option(names = "--preview", description = "Only say what it would come to.")
    private boolean preview;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(names = "--follow", description = "Show how far it is until it stands still.")
    private boolean follow;

    @Override
    void run(ApiClient api) throws CommandFailure {
      JsonNode meant = api.post(ApiClient.path("campaigns"), order().put("preview", true));
      if (preview) {
        print(this, meant);
        return;
      }
      long count = meant.path("devices").asLong(0);
      err()
          .println(
              "This calls "
                  + count
                  + " devices, of which "
                  + meant.path("healthy_devices").asLong(0)
                  + " were seen lately.");
      if (!yes && !answer("Type the number of devices to go on: ").equals(Long.toString(count))) {
        throw CommandFailure.refused("No campaign was begun.");
      }
      JsonNode begun = api.post(ApiClient.path("campaigns"), order().put("at_most", count));
      print(this, follow ? followed(this, api, begun) : begun);
    }

    private ObjectNode order() {
      ObjectNode body = body().put("cause", cause).put("comment", comment);
      selection.into(body);
      canary.ifPresent(value -> body.put("canary", value));
      growth.ifPresent(value -> body.put("growth", value));
      perMinute.ifPresent(value -> body.put("per_minute", value));
      errorBudget.ifPresent(value -> body.put("error_budget", value));
      patience.ifPresent(value -> body.put("patience_seconds", value.toSeconds()));
      return body;
    }
  }

  @Command(
      name = "list",
      description = "Lists the campaigns, newest first.",
      footer = {"", "Example:", "  cardea campaign list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("campaigns");
    }

    @Override
    List<Column> columns() {
      return Column.of("id", "state", "cause", "devices", "begun_at", "ended_at", "comment");
    }
  }

  @Command(
      name = "show",
      description = "Shows a campaign, wave by wave.",
      footer = {
        "",
        "Example:",
        "  cardea campaign show 0f8fad5b-d9cb-469f-a165-70867728950e --follow"
      })
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "CAMPAIGN", description = "As the list names it.")
    private String id = "";

    @Option(names = "--follow", description = "Show how far it is until it stands still.")
    private boolean follow;

    @Override
    void run(ApiClient api) throws CommandFailure {
      JsonNode campaign = api.get(ApiClient.path("campaigns", id), Map.of());
      print(this, follow ? followed(this, api, campaign) : campaign);
    }
  }

  @Command(
      name = "devices",
      description = "Lists the devices of a campaign: where each is, and what proves its move.",
      footer = {
        "",
        "Example:",
        "  cardea campaign devices 0f8fad5b-d9cb-469f-a165-70867728950e --standing late --all"
      })
  static final class Devices extends ApiCommand.Listing {
    @Parameters(index = "0", paramLabel = "CAMPAIGN", description = "As the list names it.")
    private String id = "";

    @Option(
        names = "--standing",
        paramLabel = "WHERE",
        description = "Only those: waiting, called, moved, late or gone.")
    private Optional<String> standing = Optional.empty();

    @Override
    String path() {
      return ApiClient.path("campaigns", id, "devices");
    }

    @Override
    List<Column> columns() {
      return Column.of("device", "wave", "standing", "called_at", "settled_at", "evidence");
    }

    @Override
    Map<String, List<String>> filter() {
      return standing.isEmpty() ? Map.of() : Map.of("standing", List.of(standing.get()));
    }
  }

  @Command(
      name = "pause",
      description = "Calls nobody from now on. Who was called may go on.",
      footer = {
        "",
        "Example:",
        "  cardea campaign pause 0f8fad5b-d9cb-469f-a165-70867728950e --reason 'line 3 is down'"
      })
  static final class Pause extends Act {
    @Override
    String word() {
      return "pause";
    }
  }

  @Command(
      name = "resume",
      description = {
        "Goes on after a pause, or after a halt: the devices that are late by now count against the error budget no",
        "more."
      },
      footer = {
        "",
        "Example:",
        "  cardea campaign resume 0f8fad5b-d9cb-469f-a165-70867728950e --reason 'line 3 is back'"
      })
  static final class Resume extends Act {
    @Override
    String word() {
      return "resume";
    }
  }

  @Command(
      name = "abort",
      description = {
        "Ends a campaign for good. Devices that have proven keep the new credential, the others what they have."
      },
      footer = {
        "",
        "Example:",
        "  cardea campaign abort 0f8fad5b-d9cb-469f-a165-70867728950e --reason 'wrong firmware'"
      })
  static final class Abort extends Act {
    @Override
    String word() {
      return "abort";
    }
  }

  @Command(
      name = "freeze",
      description = "Pauses every campaign that is running.",
      footer = {"", "Example:", "  cardea campaign freeze --reason 'incident 7'"})
  static final class Freeze extends ApiCommand {
    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      JsonNode paused =
          api.post(ApiClient.path("campaigns", "freeze"), body().put("reason", reason));
      output.list(
          out(),
          new ArrayList<>(paused.path("items").values()),
          Column.of("id", "state", "devices", "comment"));
    }
  }

  /// An operator's word about a campaign.
  abstract static class Act extends ApiCommand {
    @Parameters(index = "0", paramLabel = "CAMPAIGN", description = "As the list names it.")
    private String id = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, for the ledger.")
    private String reason = "";

    abstract String word();

    @Override
    final void run(ApiClient api) throws CommandFailure {
      print(this, api.post(ApiClient.path("campaigns", id, word()), body().put("reason", reason)));
    }
  }
}
