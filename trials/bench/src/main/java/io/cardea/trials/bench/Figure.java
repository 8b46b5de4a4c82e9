package io.cardea.trials.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One measured figure, with what it is held against and under which conditions it came about.
///
/// @param p50Millis like p99Millis, null when there were fewer than 1,000 samples or none
/// @param ratio the value through the reference's: the result, where the value is for orientation
record Figure(
    String name,
    double value,
    String unit,
    @Nullable Double p50Millis,
    @Nullable Double p99Millis,
    @Nullable CpuPerOp cpu,
    @Nullable Reference reference,
    @Nullable Double ratio,
    Map<String, Object> conditions) {
  private static final JsonMapper JSON = new JsonMapper();

  Figure {
    conditions = new LinkedHashMap<>(conditions);
  }

  /// Milliseconds of CPU time for one operation, by whose it is.
  record CpuPerOp(double server, double database, double client) {}

  /// @param cpuMillis for one operation, null where it was not taken
  record Reference(String name, double value, @Nullable Double cpuMillis) {}

  String json() {
    ObjectNode object = JSON.createObjectNode();
    object.put("name", name);
    object.put("value", rounded(value));
    object.put("unit", unit);
    object.put("p50_ms", rounded(p50Millis));
    object.put("p99_ms", rounded(p99Millis));
    if (cpu == null) {
      object.putNull("cpu_ms_per_op");
    } else {
      ObjectNode split = object.putObject("cpu_ms_per_op");
      split.put("server", rounded(cpu.server()));
      split.put("database", rounded(cpu.database()));
      split.put("client", rounded(cpu.client()));
    }
    if (reference == null) {
      object.putNull("reference");
    } else {
      ObjectNode other = object.putObject("reference");
      other.put("name", reference.name());
      other.put("value", rounded(reference.value()));
      other.put("cpu_ms_per_op", rounded(reference.cpuMillis()));
    }
    object.put("ratio", rounded(ratio));
    object.set("conditions", JSON.valueToTree(conditions));
    return object.toString();
  }

  /// For people.
  String table() {
    StringBuilder text = new StringBuilder();
    line(text, name, String.format(Locale.ROOT, "%,.3f %s", value, unit));
    if (p50Millis != null && p99Millis != null) {
      line(
          text, "  p50, p99", String.format(Locale.ROOT, "%.2f ms, %.2f ms", p50Millis, p99Millis));
    }
    if (cpu != null) {
      line(
          text,
          "  CPU for one",
          String.format(
              Locale.ROOT,
              "server %.3f ms, database %.3f ms, client %.3f ms",
              cpu.server(),
              cpu.database(),
              cpu.client()));
    }
    if (reference != null) {
      String cost =
          reference.cpuMillis() == null
              ? ""
              : String.format(Locale.ROOT, ", CPU %.3f ms", reference.cpuMillis());
      line(
          text,
          "  reference",
          String.format(Locale.ROOT, "%s: %,.3f %s", reference.name(), reference.value(), unit)
              + cost);
    }
    if (ratio != null) {
      line(text, "  ratio", String.format(Locale.ROOT, "%.2f", ratio));
    }
    conditions.forEach((what, how) -> line(text, "  " + what.replace('_', ' '), how.toString()));
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String how) {
    text.append(String.format(Locale.ROOT, "%-24s %s%n", what, how));
  }

  private static @Nullable Double rounded(@Nullable Double value) {
    return value == null ? null : Math.round(value * 1e4) / 1e4;
  }
}
