package io.cardea.apps.cli;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Comma-separated values (RFC 4180), one record at a time: quotes around what has commas, line
/// ends or quotes in it. Empty lines are skipped.
final class CsvReader {
  /// Characters of one record: beyond, a quote was not closed.
  static final int LONGEST = 1 << 20;

  private static final int END = -1;

  private final Reader in;
  private final StringBuilder field = new StringBuilder();
  private long line = 1;
  private long began;
  private int length;
  private int ahead;
  private boolean isAhead;

  /// @param in is read character by character: a buffered one
  CsvReader(Reader in) {
    this.in = in;
  }

  /// The line in which the last record began, from 1.
  long line() {
    return began;
  }

  /// The next record; empty at the end.
  Optional<List<String>> next() throws IOException, CommandFailure {
    while (true) {
      began = line;
      length = 0;
      if (peek() == END) {
        return Optional.empty();
      }
      List<String> record = record();
      if (record.size() > 1 || !record.getFirst().isEmpty()) {
        return Optional.of(record);
      }
    }
  }

  private List<String> record() throws IOException, CommandFailure {
    List<String> record = new ArrayList<>();
    while (true) {
      field.setLength(0);
      if (peek() == '"') {
        quoted();
      }
      int c = take();
      while (c != ',' && c != '\n' && c != '\r' && c != END) {
        field.append((char) c);
        c = take();
      }
      record.add(field.toString());
      if (c != ',') {
        if (c == '\r' && peek() == '\n') {
          take();
        }
        if (c != END) {
          line++;
        }
        return record;
      }
    }
  }

  private void quoted() throws IOException, CommandFailure {
    take();
    while (true) {
      int c = take();
      if (c == END) {
        throw open();
      }
      if (c == '"') {
        if (peek() != '"') {
          return;
        }
        take();
      } else if (c == '\n') {
        line++;
      }
      field.append((char) c);
    }
  }

  private int peek() throws IOException {
    if (!isAhead) {
      ahead = in.read();
      isAhead = true;
    }
    return ahead;
  }

  private int take() throws IOException, CommandFailure {
    int c = peek();
    isAhead = false;
    if (++length > LONGEST) {
      throw open();
    }
    return c;
  }

  private CommandFailure open() {
    return CommandFailure.refused(
        "Line " + began + ": a quote is not closed, or the line is longer than anything sensible.");
  }
}
