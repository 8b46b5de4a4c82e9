package io.cardea.apps.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// One column of a table over the items of an answer.
///
/// @param field the name of the field; inner ones after a slash
record Column(String title, String field) {
  static List<Column> of(String... fields) {
    List<Column> columns = new ArrayList<>();
    for (String field : fields) {
      String last = field.substring(field.lastIndexOf('/') + 1);
      columns.add(new Column(heading(last.replace('_', ' ')).toUpperCase(Locale.ROOT), field));
    }
    return columns;
  }

  String of(JsonNode item) {
    return text(field, item.at("/" + field));
  }

  static String heading(String words) {
    return words.endsWith(" seconds") ? words.substring(0, words.length() - 8) : words;
  }

  /// A value as people read it: lists by comma, seconds in their largest whole unit, nothing as a
  /// dash.
  static String text(String field, JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    if (value.isArray()) {
      List<String> items = new ArrayList<>();
      value.forEach(item -> items.add(text("", item)));
      return items.isEmpty() ? "-" : String.join(", ", items);
    }
    if (value.isObject()) {
      List<String> members = new ArrayList<>();
      value
          .properties()
          .forEach(member -> members.add(member.getKey() + "=" + text("", member.getValue())));
      return members.isEmpty() ? "-" : String.join(", ", members);
    }
    if (field.endsWith("_seconds") && value.isIntegralNumber()) {
      return seconds(value.asLong());
    }
    String text = value.asString();
    return text.isEmpty() ? "-" : text;
  }

  /// For instance `67d12h`.
  static String seconds(long seconds) {
    Duration duration = Duration.ofSeconds(seconds);
    String text =
        unit(duration.toDaysPart(), "d")
            + unit(duration.toHoursPart(), "h")
            + unit(duration.toMinutesPart(), "m")
            + unit(duration.toSecondsPart(), "s");
    return text.isEmpty() ? "0s" : text;
  }

  private static String unit(long count, String unit) {
    return count == 0 ? "" : count + unit;
  }
}
