package io.cardea.trials.bench;

import io.cardea.trials.bench.load.Tally;
import io.cardea.trials.bench.rig.Cpu;
import io.cardea.trials.bench.rig.Place;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Under which conditions a figure came about: without them it says nothing.
final class Conditions {
  private final Map<String, Object> all = new LinkedHashMap<>();

  static Conditions of(Plan plan, Place place) throws IOException {
    Conditions conditions = new Conditions();
    return conditions
        .with("cores", Runtime.getRuntime().availableProcessors())
        .with("load_average", Cpu.loadAverage())
        .with("java", Runtime.version().toString())
        .with("file_system", place.fileSystem())
        .with("devices", plan.devices())
        .with("seconds", plan.length().toMillis() / 1e3)
        .with("warm_up_seconds", plan.warmUp().toMillis() / 1e3)
        .with("generator", "on the same machine");
  }

  Conditions with(String what, Object how) {
    all.put(what, how);
    return this;
  }

  /// What went wrong is said of every measurement, also that nothing did.
  Conditions withFailures(Tally tally) {
    return with("failures", failures(tally));
  }

  static String failures(Tally tally) {
    return tally.failures().isEmpty() ? "none" : tally.failures().toString();
  }

  static String millis(double millis) {
    return String.format(Locale.ROOT, "%.3f", millis);
  }

  Map<String, Object> all() {
    return all;
  }
}
