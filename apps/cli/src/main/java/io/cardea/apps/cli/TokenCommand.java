package io.cardea.apps.cli;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "token",
    description = "Enrolment tokens: how a device gets its first credential, or gets back in.",
    subcommands = TokenCommand.Create.class,
    footer = {"", "Example:", "  cardea token create pump-1 --life 2h"})
final class TokenCommand extends GroupCommand {
  @Command(
      name = "create",
      description = {
        "Makes an enrolment token for a device. Standard output has the token alone; it is shown once."
      },
      footer = {
        "",
        "Examples:",
        "  cardea token create pump-1",
        "  TOKEN=$(cardea token create pump-1 --life 2h)"
      })
  static final class Create extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String device = "";

    @Option(
        names = "--life",
        paramLabel = "DURATION",
        converter = DurationConverter.class,
        description = "How long it can be used, for instance 2h.")
    private Optional<Duration> life = Optional.empty();

    @Override
    void run(ApiClient api) throws CommandFailure {
      ObjectNode body = body();
      life.ifPresent(time -> body.put("life_seconds", time.toSeconds()));
      JsonNode made = api.post(ApiClient.path("devices", device, "tokens"), body);
      if (output.isJson()) {
        output.one(out(), made);
      } else {
        err().println("For " + device + ", until " + made.path("expires_at").asString("?") + ":");
        out().println(made.path("token").asString());
      }
    }
  }
}
