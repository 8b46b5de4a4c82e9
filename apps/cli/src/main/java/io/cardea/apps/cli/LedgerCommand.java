package io.cardea.apps.cli;

import io.cardea.apps.server.LedgerFile;
import io.cardea.life.ledger.Chain;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "ledger",
    description = "The ledger: every recorded act.",
    subcommands = {
      LedgerCommand.Listed.class,
      LedgerCommand.Export.class,
      LedgerCommand.Verify.class
    },
    footer = {"", "Example:", "  cardea ledger export /archive/ledger.jsonl"})
final class LedgerCommand extends GroupCommand {
  @Command(
      name = "list",
      description = "Lists entries, the oldest first.",
      footer = {"", "Example:", "  cardea ledger list --after 1000"})
  static final class Listed extends ApiCommand.Listing {
    @Override
    String path() {
      return ApiClient.path("ledger");
    }

    @Override
    List<Column> columns() {
      return Column.of("number", "at", "kind", "actor", "device", "facts");
    }
  }

  @Command(
      name = "export",
      description = {
        "Writes every entry, one JSON object a line, with the recorded bytes as `canonical`.",
        "",
        "Into a file, each line has its link of a chain of hashes too, and the file is gone on with"
            + " where it ends: run it daily, and keep the file elsewhere. A restore takes from it"
            + " what its backup does not know."
      },
      footer = {
        "",
        "Examples:",
        "  cardea ledger export /archive/ledger.jsonl",
        "  cardea ledger export --after 52000"
      })
  static final class Export extends ApiCommand {
    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "The file to go on with. Default: all entries, to standard output.")
    private Optional<Path> file = Optional.empty();

    @Option(
        names = "--after",
        paramLabel = "NUMBER",
        defaultValue = "0",
        description = "To standard output, go on after this entry.")
    private long after;

    @Override
    void run(ApiClient api) throws CommandFailure {
      if (file.isEmpty()) {
        copy(api, after, entry -> out().println(Output.line(entry)));
        return;
      }
      try {
        append(api, file.get());
      } catch (IOException e) {
        throw CommandFailure.refused("The ledger was not exported: " + e.getMessage());
      }
    }

    private void append(ApiClient api, Path to) throws CommandFailure, IOException {
      Chain[] chain = {LedgerFile.end(to)};
      long before = chain[0].number();
      try (FileChannel channel =
              FileChannel.open(
                  to,
                  Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rw-------")));
          ProgressLine line = new ProgressLine(err())) {
        OutputStream lines = Channels.newOutputStream(channel);
        long[] count = {0};
        copy(
            api,
            before,
            entry -> {
              StringBuilder text = new StringBuilder();
              chain[0] = LedgerFile.append(text, chain[0], entry);
              lines.write(text.toString().getBytes(StandardCharsets.UTF_8));
              line.at("entries", ++count[0], 0);
            });
        channel.force(true);
        line.clear();
        ObjectNode one = body();
        one.put("file", to.toString());
        one.put("entries", count[0]);
        one.put("number", chain[0].number());
        one.put("chain", chain[0].hex());
        output.one(out(), one);
      }
    }

    @FunctionalInterface
    private interface Taker {
      void take(JsonNode entry) throws IOException;
    }

    /// As far as the ledger is settled now: what is being written may yet come in between.
    private static void copy(ApiClient api, long from, Taker taker) throws CommandFailure {
      long settled = api.get(ApiClient.path("ledger", "settled"), Map.of()).path("number").asLong();
      long number = from;
      while (number < settled) {
        ApiClient.Page page =
            api.page(
                ApiClient.path("ledger"),
                Map.of(
                    "limit",
                    List.of("" + ApiClient.PAGE),
                    "after",
                    List.of(Long.toString(number))));
        if (page.items().isEmpty()) {
          return;
        }
        for (JsonNode entry : page.items()) {
          number = entry.path("number").asLong();
          if (number > settled) {
            return;
          }
          try {
            taker.take(entry);
          } catch (IOException e) {
            throw CommandFailure.refused("The ledger was not exported: " + e.getMessage());
          }
        }
      }
    }
  }

  @Command(
      name = "verify",
      description = {
        "Checks an exported ledger without a server: each entry, and the chain of hashes over them.",
        "",
        "Compare the last link with one that you kept elsewhere: the same link at the same number is"
            + " the same ledger up to there."
      },
      footer = {"", "Example:", "  cardea ledger verify /archive/ledger.jsonl"})
  static final class Verify extends PrintingCommand {
    @Parameters(paramLabel = "FILE", description = "What `cardea ledger export FILE` wrote.")
    private Path file = Path.of("");

    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws CommandFailure {
      long[] count = {0};
      try (ProgressLine line = new ProgressLine(err())) {
        Chain end = LedgerFile.read(file, _ -> line.at("entries", ++count[0], 0));
        line.clear();
        ObjectNode one = ApiCommand.body();
        one.put("entries", count[0]);
        one.put("number", end.number());
        one.put("chain", end.hex());
        output.one(out(), one);
      } catch (IOException e) {
        throw CommandFailure.refused("The ledger is not good: " + e.getMessage());
      }
      return ExitCode.OK;
    }
  }
}
