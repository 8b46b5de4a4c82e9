package io.cardea.apps.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How devices leave a factory and change owners.
final class DeviceHandingCommands {
  private DeviceHandingCommands() {}

  @Command(
      name = "hand-over",
      description = {
        "Hands a device over from the factory. Its enrolment tokens end; its next credential is"
            + " issued under the usual profile of its class."
      },
      footer = {"", "Example:", "  cardea device hand-over pump-1 --reason 'shipped'"})
  static final class HandOver extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String id = "";

    @Option(
        names = "--to",
        paramLabel = "WHERE",
        defaultValue = "field",
        description = "field, partner or lab. Default: ${DEFAULT-VALUE}.")
    private String environment = "field";

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(
          out(),
          api.post(
              ApiClient.path("devices", id, "hand-over"),
              body().put("reason", reason).put("environment", environment)));
    }
  }

  @Command(
      name = "transfer",
      description = {
        "Gives a device another owner. Its enrolment tokens end; what it holds goes on and is"
            + " renewed for the new owner, unless --revoke ends it."
      },
      footer = {"", "Example:", "  cardea device transfer pump-1 --owner north --reason 'sold'"})
  static final class Transfer extends ApiCommand {
    @Parameters(index = "0", paramLabel = "DEVICE", description = "The registered id.")
    private String id = "";

    @Option(names = "--owner", required = true, paramLabel = "TEXT", description = "The new one.")
    private String owner = "";

    @Option(
        names = "--revoke",
        description =
            "Revoke what it holds: it comes back by its birth certificate or by a new token.")
    private boolean revoke;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    @Override
    void run(ApiClient api) throws CommandFailure {
      output.one(
          out(),
          api.post(
              ApiClient.path("devices", id, "transfer"),
              body().put("reason", reason).put("owner", owner).put("revoke", revoke)));
    }
  }

  @Command(
      name = "import-batch",
      description = {
        "Registers what a factory made, from a CSV file whose first line names its columns: id, and"
            + " any of serial, birth_certificate (SHA-256), birth_serial_number. Other columns"
            + " become labels. The same file again changes nothing."
      },
      footer = {
        "",
        "Example:",
        "  cardea device import-batch week-47.csv --class sensors --owner acme"
      })
  static final class ImportBatch extends ApiCommand {
    private static final int AT_ONCE = 100;
    private static final List<String> FACTS =
        List.of("id", "serial", "birth_certificate", "birth_serial_number");

    @Parameters(index = "0", paramLabel = "FILE", description = "The CSV file.")
    private Path file = Path.of("");

    @Option(names = "--class", required = true, paramLabel = "CLASS", description = "Of them all.")
    private String deviceClass = "";

    @Option(names = "--owner", paramLabel = "TEXT", description = "Who answers for them.")
    private Optional<String> owner = Optional.empty();

    @Option(
        names = "--environment",
        paramLabel = "WHERE",
        defaultValue = "production",
        description = "Default: ${DEFAULT-VALUE}.")
    private String environment = "production";

    @Override
    void run(ApiClient api) throws CommandFailure {
      List<Map<String, String>> rows = rows(TextFile.read(file));
      long registered = 0;
      long known = 0;
      ObjectNode total = body();
      ArrayNode refused = total.arrayNode();
      for (int from = 0; from < rows.size(); from += AT_ONCE) {
        ObjectNode body = body().put("class", deviceClass).put("environment", environment);
        owner.ifPresent(text -> body.put("owner", text));
        ArrayNode devices = body.putArray("devices");
        for (Map<String, String> row : rows.subList(from, Math.min(rows.size(), from + AT_ONCE))) {
          devices.add(device(row));
        }
        JsonNode report = api.post(ApiClient.path("manufacturing-batches"), body);
        registered += report.path("registered").asLong(0);
        known += report.path("known").asLong(0);
        report.path("refused").forEach(refused::add);
      }
      total.put("registered", registered).put("known", known);
      total.set("refused", refused);
      output.one(out(), total);
      if (!refused.isEmpty()) {
        throw CommandFailure.refused(refused.size() + " lines were refused; the others stand.");
      }
    }

    private static ObjectNode device(Map<String, String> row) {
      ObjectNode device = body();
      ObjectNode labels = body();
      row.forEach((name, value) -> {
        if (value.isEmpty()) {
          return;
        }
        if (FACTS.contains(name)) {
          device.put(name, value);
        } else {
          labels.put(name, value);
        }
      });
      if (!labels.isEmpty()) {
        device.set("labels", labels);
      }
      return device;
    }

    private static List<Map<String, String>> rows(String text) throws CommandFailure {
      List<List<String>> lines = Csv.read(text);
      if (lines.isEmpty() || !lines.getFirst().contains("id")) {
        throw CommandFailure.refused("The first line names no column id.");
      }
      List<String> names = lines.getFirst();
      List<Map<String, String>> rows = new ArrayList<>();
      for (int i = 1; i < lines.size(); i++) {
        if (lines.get(i).size() != names.size()) {
          throw CommandFailure.refused(
              "Line "
                  + (i + 1)
                  + " has "
                  + lines.get(i).size()
                  + " fields, and not "
                  + names.size()
                  + ".");
        }
        Map<String, String> row = new LinkedHashMap<>();
        for (int column = 0; column < names.size(); column++) {
          row.put(names.get(column), lines.get(i).get(column));
        }
        rows.add(row);
      }
      return rows;
    }
  }
}
