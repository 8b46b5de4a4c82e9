package io.cardea.apps.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "calendar",
    description = "When devices are to renew: the load to come, the rate, and the policies.",
    subcommands = {
      CalendarCommand.Show.class,
      CalendarCommand.Picture.class,
      CalendarCommand.Rate.class,
      CalendarCommand.Policies.class,
      CalendarCommand.Save.class,
      CalendarCommand.Remove.class
    },
    footer = {
      "",
      "Examples:",
      "  cardea calendar show",
      "  cardea calendar rate 6000 --reason 'the new database'",
      "  cardea calendar save nights-off --class pumps --blackout 20:00-06:00 --preview"
    })
final class CalendarCommand extends GroupCommand {
  /// Prints a calendar: what it counts, and its days as a table.
  private static void print(ApiCommand command, JsonNode calendar) {
    if (command.output.isJson()) {
      command.output.one(command.out(), calendar);
      return;
    }
    ObjectNode facts = ((ObjectNode) calendar).deepCopy();
    JsonNode hours = facts.remove("hours");
    command.output.one(command.out(), facts);
    if (hours != null && !hours.isEmpty()) {
      command.out().println();
      command.output.list(
          command.out(), days(hours), Column.of("day", "usual", "planned", "peak_minute"));
    }
  }

  private static List<JsonNode> days(JsonNode hours) {
    List<JsonNode> days = new ArrayList<>();
    for (int first = 0; first < hours.size(); first += 24) {
      long usual = 0;
      long planned = 0;
      long peak = 0;
      for (int hour = first; hour < Math.min(first + 24, hours.size()); hour++) {
        usual += hours.path(hour).path("natural").asLong(0);
        planned += hours.path(hour).path("planned").asLong(0);
        peak = Math.max(peak, hours.path(hour).path("peak_minute").asLong(0));
      }
      if (usual + planned > 0) {
        days.add(
            ApiCommand.body()
                .put("day", hours.path(first).path("from").asString(""))
                .put("usual", usual)
                .put("planned", planned)
                .put("peak_minute", peak));
      }
    }
    return days;
  }

  @Command(
      name = "show",
      description = {
        "Shows how many devices are to renew on each of the next 90 days: as they would come by themselves (USUAL), as",
        "they come by the calendar (PLANNED), and how many of these in the fullest minute. In JSON, hour by hour."
      },
      footer = {"", "Example:", "  cardea calendar show --output json"})
  static final class Show extends ApiCommand {
    @Override
    void run(ApiClient api) throws CommandFailure {
      print(this, api.get(ApiClient.path("calendar"), Map.of()));
    }
  }

  @Command(
      name = "picture",
      description = "Prints the same as a picture, in SVG.",
      footer = {"", "Example:", "  cardea calendar picture > load.svg"})
  static final class Picture extends ApiCommand {
    @Override
    void run(ApiClient api) throws CommandFailure {
      out().print(api.text(ApiClient.path("calendar", "picture")));
      out().flush();
    }
  }

  @Command(
      name = "rate",
      description = {
        "Sets how many devices may come in a minute; 0 for as many as like. The calendar moves windows to earlier",
        "times so that no minute has more, and early renewals beyond it are told to come later."
      },
      footer = {"", "Example:", "  cardea calendar rate 6000 --reason 'the new database'"})
  static final class Rate extends ApiCommand {
    @Parameters(index = "0", paramLabel = "N", description = "Devices in a minute.")
    private int perMinute;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(
          out(),
          api.put(
              ApiClient.path("calendar", "rate"),
              body().put("per_minute", perMinute).put("reason", reason)));
    }
  }

  @Command(
      name = "policies",
      description = "Lists the renewal policies, in the order in which they are tried.",
      footer = {"", "Example:", "  cardea calendar policies"})
  static final class Policies extends ApiCommand {
    @Override
    void run(ApiClient api) throws CommandFailure {
      output.list(
          out(),
          api.page(ApiClient.path("renewal-policies"), Map.of()).items(),
          Column.of("name", "class", "label", "from", "spread", "blackouts"));
    }
  }

  @Command(
      name = "save",
      description = {
        "Saves a policy, new or changed: when the devices of a class, or those of it with a label, are to renew.",
        "With --preview, says what the calendar would be, and changes nothing."
      },
      footer = {
        "",
        "Examples:",
        "  cardea calendar save nights-off --class pumps --blackout 20:00-06:00 --preview",
        "  cardea calendar save early --class pumps --label line=2 --from 40 --spread 20 --reason 'new battery'"
      })
  static final class Save extends ApiCommand {
    @Parameters(index = "0", paramLabel = "POLICY", description = "Its name.")
    private String name = "";

    @Option(
        names = "--class",
        required = true,
        paramLabel = "CLASS",
        description = "The class of its devices.")
    private String deviceClass = "";

    @Option(
        names = "--label",
        paramLabel = "NAME=VALUE",
        description = "Only those with it; such a policy wins over that of the class.")
    private Map<String, String> label = new HashMap<>();

    @Option(
        names = "--from",
        paramLabel = "PERCENT",
        description = "After how much of a life the first devices renew, 10 to 85. Default: 60.")
    private Optional<Integer> from = Optional.empty();

    @Option(
        names = "--spread",
        paramLabel = "PERCENT",
        description = "Over how much of a life they are spread, 1 to 50. Default: 10.")
    private Optional<Integer> spread = Optional.empty();

    @Option(
        names = "--blackout",
        paramLabel = "FROM-TO",
        description = "Hours of the day (UTC) in which none of them is to renew; once for each.")
    private List<String> blackouts = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the ledger.")
    private Optional<String> reason = Optional.empty();

    @Option(names = "--preview", description = "Only say what the calendar would be.")
    private boolean preview;

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("class", deviceClass);
      if (!label.isEmpty()) {
        ObjectNode members = body.putObject("label");
        label.forEach(members::put);
      }
      from.ifPresent(value -> body.put("from", value));
      spread.ifPresent(value -> body.put("spread", value));
      ArrayNode hours = body.putArray("blackouts");
      blackouts.forEach(hours::add);
      reason.ifPresent(value -> body.put("reason", value));
      body.put("preview", preview);
      JsonNode answer = api.put(ApiClient.path("renewal-policies", name), body);
      if (preview) {
        print(this, answer);
      } else {
        output.one(out(), answer);
      }
    }
  }

  @Command(
      name = "remove",
      description = "Removes a policy; its devices follow the next one that is meant for them.",
      footer = {"", "Example:", "  cardea calendar remove nights-off --reason 'no more nights'"})
  static final class Remove extends ApiCommand {
    @Parameters(index = "0", paramLabel = "POLICY", description = "Its name.")
    private String name = "";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(
          out(),
          api.post(
              ApiClient.path("renewal-policies", name, "remove"), body().put("reason", reason)));
    }
  }
}
