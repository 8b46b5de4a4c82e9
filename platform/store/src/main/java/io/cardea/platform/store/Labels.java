package io.cardea.platform.store;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Labels as the database holds them: `name=value` each. A name has no `=` in it.
final class Labels {
  private Labels() {}

  static List<String> toColumn(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .toList();
  }

  static Map<String, String> fromColumn(String[] column) {
    Map<String, String> labels = new TreeMap<>();
    for (String label : column) {
      int equals = label.indexOf('=');
      labels.put(label.substring(0, equals), label.substring(equals + 1));
    }
    return labels;
  }
}
