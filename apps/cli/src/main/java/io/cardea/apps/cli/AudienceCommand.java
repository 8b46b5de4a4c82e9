package io.cardea.apps.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "audience",
    description = "Audiences: who must accept what devices hold, beside Cardea itself.",
    subcommands = {
      AudienceCommand.Listed.class,
      AudienceCommand.Show.class,
      AudienceCommand.Save.class,
      AudienceCommand.Remove.class
    },
    footer = {"", "Example:", "  cardea audience list"})
final class AudienceCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists the audiences.",
      footer = {"", "Example:", "  cardea audience list"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("audiences");
    }

    @Override
    List<Column> columns() {
      return Column.of("name", "kind", "reports", "may_prove", "classes", "points");
    }
  }

  @Command(
      name = "show",
      description = "Shows an audience.",
      footer = {"", "Example:", "  cardea audience show broker"})
  static final class Show extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "How it is called.")
    private String name = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(out(), api.get(ApiClient.path("audiences", name), Map.of()));
    }
  }

  @Command(
      name = "save",
      description = {
        "Saves an audience, new or changed: what is not given is not so any more. From then on an older credential",
        "is accepted until the audience has seen a newer one; with a blind one (without --reports), to its expiry."
      },
      footer = {
        "",
        "Example:",
        "  cardea audience save broker --kind broker --reports --may-prove --class sensors --point broker-1"
      })
  static final class Save extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "How it is called.")
    private String name = "";

    @Option(
        names = "--kind",
        required = true,
        paramLabel = "KIND",
        description = "embedded-broker, broker, proxy, gateway or service.")
    private String kind = "";

    @Option(names = "--reports", description = "It tells what it sees.")
    private boolean reports;

    @Option(
        names = "--may-prove",
        description = "A full handshake that it reports proves a credential.")
    private boolean mayProve;

    @Option(
        names = "--class",
        paramLabel = "CLASS",
        description = "Whose devices it serves. Once for each.")
    private List<String> classes = new ArrayList<>();

    @Option(
        names = "--point",
        paramLabel = "DEVICE",
        description =
            "A registered device that reports in its name, by a certificate of its own. Once for"
                + " each.")
    private List<String> points = new ArrayList<>();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body().put("kind", kind).put("reports", reports).put("may_prove", mayProve);
      classes.forEach(body.putArray("classes")::add);
      points.forEach(body.putArray("points")::add);
      output.one(out(), api.put(ApiClient.path("audiences", name), body));
    }
  }

  @Command(
      name = "remove",
      description = "Nobody waits for what it sees any more.",
      footer = {"", "Example:", "  cardea audience remove broker --reason moved"})
  static final class Remove extends ApiCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "How it is called.")
    private String name = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why, for the ledger.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(
          out(),
          api.post(ApiClient.path("audiences", name, "remove"), body().put("reason", reason)));
    }
  }
}
