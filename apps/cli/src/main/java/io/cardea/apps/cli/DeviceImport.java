package io.cardea.apps.cli;

import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// Registers the devices of a file.
@Command(
    name = "import",
    description = {
      "Registers the devices of a file, a million if need be. CSV, whose first line names its"
          + " columns: id, and any of class, serial, owner, environment, site, birth_certificate"
          + " (SHA-256), birth_serial_number; other columns become labels. Or JSON, one object a"
          + " line, with these members and labels.",
      "What is refused stands in a report beside the file: line, device, code, why. The others"
          + " stand. The same file again registers nothing twice, so after a cut the same command"
          + " goes on."
    },
    footer = {
      "",
      "Examples:",
      "  cardea device import fleet.csv --class sensors --owner acme",
      "  cardea device import fleet.jsonl --class sensors --refused refused.jsonl",
      "  cardea device import fleet.csv --class sensors --from-line 400001"
    })
class DeviceImport extends ApiCommand {
  private static final int BUFFER = 1 << 16;
  private static final Duration PAUSE = Duration.ofMillis(500);

  @Parameters(index = "0", paramLabel = "FILE", description = "The devices.")
  private Path file = Path.of("");

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description = "Of those whose line names none (cardea class list).")
  private Optional<String> deviceClass = Optional.empty();

  @Option(names = "--owner", paramLabel = "TEXT", description = "Likewise: who answers for them.")
  private Optional<String> owner = Optional.empty();

  @Option(
      names = "--environment",
      paramLabel = "WHERE",
      description = "Likewise: production (the factory), field, partner or lab.")
  private Optional<String> environment = Optional.empty();

  @Option(names = "--site", paramLabel = "TEXT", description = "Likewise: the place.")
  private Optional<String> site = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "csv|json",
      description = "Default: json for .json, .jsonl and .ndjson, else csv.")
  private Optional<Format> format = Optional.empty();

  @Option(
      names = "--refused",
      paramLabel = "FILE",
      description = "Where the report of refused lines goes. Default: FILE.refused.csv or .jsonl.")
  private Optional<Path> refused = Optional.empty();

  @Option(
      names = "--from-line",
      paramLabel = "N",
      defaultValue = "1",
      description = "Leaves out the lines before it, as a run that was cut says.")
  private long fromLine = 1;

  enum Format {
    CSV,
    JSON
  }

  /// Where devices are that nothing else is said of.
  String usualEnvironment() {
    return "field";
  }

  @Override
  final void run(ApiClient api) throws CommandFailure {
    boolean json = format.orElseGet(this::byName) == Format.JSON;
    Path report =
        refused.orElseGet(
            () -> file.resolveSibling(file.getFileName() + ".refused." + (json ? "jsonl" : "csv")));
    try (Counted bytes = new Counted(Files.newInputStream(file));
        BufferedReader text =
            new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8), BUFFER);
        DeviceLines lines = json ? new JsonLines(text) : new CsvLines(text);
        RefusedReport refusals = new RefusedReport(report, json);
        ProgressLine progress = new ProgressLine(err());
        ImportRun run = new ImportRun(api, usual(), refusals, fromLine, PAUSE)) {
      long size = Files.size(file);
      try {
        for (Optional<DeviceLines.Row> row = lines.next(); row.isPresent(); row = lines.next()) {
          if (row.get().number() >= fromLine) {
            run.take(row.get());
            progress.at(run.total() + " devices", bytes.count, size);
          }
        }
        run.end();
      } catch (CommandFailure failure) {
        progress.clear();
        throw failure.with(
            "The lines before "
                + run.nextLine()
                + " are done. The same command goes on; --from-line "
                + run.nextLine()
                + " saves it the look at them.");
      }
      progress.clear();
      ObjectNode total =
          body()
              .put("registered", run.registered())
              .put("known", run.known())
              .put("refused", run.refused());
      if (run.refused() > 0) {
        total.put("report", report.toString());
      }
      output.one(out(), total);
      if (run.refused() > 0) {
        throw CommandFailure.refused(
            run.refused() + " lines were refused, see " + report + "; the others stand.");
      }
    } catch (IOException e) {
      throw CommandFailure.refused(
          file + " cannot be read, or " + report + " not written: " + e.getMessage());
    }
  }

  private Format byName() {
    String name = file.toString();
    return name.endsWith(".json") || name.endsWith(".jsonl") || name.endsWith(".ndjson")
        ? Format.JSON
        : Format.CSV;
  }

  private ObjectNode usual() {
    ObjectNode usual = body().put("environment", environment.orElseGet(this::usualEnvironment));
    deviceClass.ifPresent(text -> usual.put("class", text));
    owner.ifPresent(text -> usual.put("owner", text));
    site.ifPresent(text -> usual.put("site", text));
    return usual;
  }

  /// How far a stream has been read.
  private static final class Counted extends FilterInputStream {
    private long count;

    private Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int octet = super.read();
      count += octet < 0 ? 0 : 1;
      return octet;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int some = super.read(into, from, length);
      count += Math.max(0, some);
      return some;
    }
  }

  @Command(
      name = "import-batch",
      description = {
        "Registers what a factory made: import, for devices in production unless it is said"
            + " otherwise."
      },
      footer = {
        "",
        "Example:",
        "  cardea device import-batch week-47.csv --class sensors --owner acme"
      })
  static final class OfFactory extends DeviceImport {
    @Override
    String usualEnvironment() {
      return "production";
    }
  }
}
