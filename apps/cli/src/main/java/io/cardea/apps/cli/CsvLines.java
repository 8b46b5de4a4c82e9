package io.cardea.apps.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Devices as CSV. The first line names the columns; those that are no fact become labels.
final class CsvLines implements DeviceLines {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final BufferedReader in;
  private final CsvReader csv;
  private final List<String> names;

  CsvLines(BufferedReader in) throws IOException, CommandFailure {
    this.in = in;
    in.mark(1);
    if (in.read() != BYTE_ORDER_MARK) {
      in.reset();
    }
    this.csv = new CsvReader(in);
    this.names = csv.next().orElse(List.of());
    if (!names.contains("id")) {
      throw CommandFailure.refused("The first line names no column id.");
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw CommandFailure.refused("The first line names a column twice.");
    }
  }

  @Override
  public Optional<Row> next() throws IOException, CommandFailure {
    Optional<List<String>> record = csv.next();
    if (record.isEmpty()) {
      return Optional.empty();
    }
    List<String> values = record.get();
    if (values.size() != names.size()) {
      return Optional.of(
          Row.bad(
              csv.line(),
              values.size() + " fields (expected: " + names.size() + ", as the first line has)"));
    }
    ObjectNode device = ApiCommand.body();
    ObjectNode labels = ApiCommand.body();
    for (int column = 0; column < values.size(); column++) {
      String value = values.get(column);
      if (!value.isEmpty()) {
        String name = names.get(column);
        (FACTS.contains(name) ? device : labels).put(name, value);
      }
    }
    if (!labels.isEmpty()) {
      device.set("labels", labels);
    }
    return Optional.of(Row.good(csv.line(), device));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
