package io.cardea.apps.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Columns wide enough for what is in them. Control characters, which could move a terminal's
/// cursor, are shown as `?`.
final class Table {
  private final List<String> titles;
  private final List<List<String>> rows = new ArrayList<>();

  /// A table without titles when there are none.
  Table(List<String> titles) {
    this.titles = List.copyOf(titles);
  }

  void row(List<String> cells) {
    rows.add(cells.stream().map(Table::harmless).toList());
  }

  void print(PrintWriter out) {
    List<List<String>> lines = new ArrayList<>();
    if (!titles.isEmpty()) {
      lines.add(titles);
    }
    lines.addAll(rows);
    List<Integer> widths = new ArrayList<>();
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        int width = line.get(i).codePointCount(0, line.get(i).length());
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    lines.forEach(line -> out.println(padded(line, widths)));
  }

  private static String padded(List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      line.append(cell);
      if (i < cells.size() - 1) {
        line.repeat(" ", widths.get(i) - cell.codePointCount(0, cell.length()) + 2);
      }
    }
    return line.toString().stripTrailing();
  }

  static String harmless(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
  }
}
