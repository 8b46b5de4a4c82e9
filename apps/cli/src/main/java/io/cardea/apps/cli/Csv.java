package io.cardea.apps.cli;

import java.util.ArrayList;
import java.util.List;

/// Comma-separated values (RFC 4180): quotes around what has commas, line ends or quotes in it.
/// Empty lines are skipped.
final class Csv {
  private Csv() {}

  static List<List<String>> read(String text) throws CommandFailure {
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          field.append('"');
          i++;
        } else {
          quoted = false;
          wasQuoted = true;
        }
      } else if (c == '"' && field.isEmpty() && !wasQuoted) {
        quoted = true;
      } else if (c == ',') {
        line.add(field.toString());
        field.setLength(0);
        wasQuoted = false;
      } else if (c == '\n' || c == '\r') {
        end(lines, line, field, wasQuoted);
        line = new ArrayList<>();
        field.setLength(0);
        wasQuoted = false;
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw CommandFailure.refused("A quote is not closed.");
    }
    end(lines, line, field, wasQuoted);
    return lines;
  }

  private static void end(
      List<List<String>> lines, List<String> line, StringBuilder field, boolean wasQuoted) {
    if (!line.isEmpty() || !field.isEmpty() || wasQuoted) {
      line.add(field.toString());
      lines.add(line);
    }
  }
}
