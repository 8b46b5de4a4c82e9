package io.cardea.apps.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "handshake",
    description = "TLS handshakes at the device port.",
    subcommands = HandshakeCommand.Failed.class,
    footer = {"", "Example:", "  cardea handshake failed --source 192.0.2.7"})
final class HandshakeCommand extends GroupCommand {
  private static final List<Column> FAILED =
      Column.of("last", "times", "source", "reason", "detail", "shown", "before");

  /// What `device why` shows of them.
  static final List<Column> OF_A_DEVICE = Column.of("last", "times", "source", "reason", "detail");

  @Command(
      name = "failed",
      description = {
        "Shows the handshakes that failed, those of one kind from one source as one line, the last ones first.",
        "SHOWN is the SHA-256 of the certificate that the client showed (anybody may show any), BEFORE of the one",
        "that was last proven from the same source. What is remembered is bounded: strangers go first."
      },
      footer = {
        "",
        "Examples:",
        "  cardea handshake failed",
        "  cardea handshake failed --source 192.0.2.7 --limit 1000 --output json"
      })
  static final class Failed extends ApiCommand {
    @Option(
        names = "--source",
        paramLabel = "ADDRESS",
        defaultValue = "",
        description = "Only those from this address.")
    private String source = "";

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "100",
        description = "How many to show at most, up to 1000. Default: ${DEFAULT-VALUE}.")
    private int limit = 100;

    @Override
    void run(ApiClient api) throws CommandFailure {
      Map<String, List<String>> query = new HashMap<>(Map.of("limit", List.of("" + limit)));
      if (!source.isEmpty()) {
        query.put("source", List.of(source));
      }
      output.list(out(), api.page(ApiClient.path("handshakes", "failed"), query).items(), FAILED);
    }
  }
}
