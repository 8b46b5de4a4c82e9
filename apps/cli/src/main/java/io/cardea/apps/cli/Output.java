package io.cardea.apps.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a command shows what it found: for people, or as JSON with one object a line.
final class Output {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// The forms of an answer.
  enum Form {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "table",
      description = "table (for people) or json (one object a line).")
  private Form form = Form.TABLE;

  boolean isJson() {
    return form == Form.JSON;
  }

  /// One line of JSON.
  static String line(JsonNode node) {
    return JSON.writeValueAsString(node);
  }

  void list(PrintWriter out, List<JsonNode> items, List<Column> columns) {
    if (isJson()) {
      items.forEach(item -> out.println(line(item)));
      return;
    }
    Table table = new Table(columns.stream().map(Column::title).toList());
    items.forEach(item -> table.row(columns.stream().map(column -> column.of(item)).toList()));
    table.print(out);
  }

  /// Every field of one thing, a line each; a PEM block comes last and whole.
  void one(PrintWriter out, JsonNode item) {
    if (isJson()) {
      out.println(line(item));
      return;
    }
    List<String> blocks = new ArrayList<>();
    Table table = new Table(List.of());
    fields(table, blocks, "", item);
    table.print(out);
    blocks.forEach(out::print);
  }

  private static void fields(Table table, List<String> blocks, String prefix, JsonNode node) {
    node.properties()
        .forEach(field -> {
          String name = prefix + field.getKey().replace('_', ' ');
          JsonNode value = field.getValue();
          if (value.isObject()) {
            fields(table, blocks, name + " ", value);
          } else if (name.endsWith(" pem")) {
            blocks.add(value.asString());
          } else {
            table.row(List.of(Column.heading(name), Column.text(field.getKey(), value)));
          }
        });
  }
}
