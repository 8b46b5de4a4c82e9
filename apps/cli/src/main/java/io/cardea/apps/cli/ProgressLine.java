package io.cardea.apps.cli;

import io.cardea.apps.server.LongWork;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/// How far long work is, on one line of a terminal that is written over; nothing anywhere else.
final class ProgressLine implements LongWork, AutoCloseable {
  private static final long REST = 200_000_000;
  private static final int WIDTH = 30;

  private final PrintWriter err;
  private final boolean shown;
  private long last;
  private boolean drawn;

  ProgressLine(PrintWriter err) {
    this(err, Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
  }

  ProgressLine(PrintWriter err, boolean shown) {
    this.err = err;
    this.shown = shown;
  }

  @Override
  public void at(String work, long done, long total) {
    long now = System.nanoTime();
    if (!shown || (drawn && now - last < REST)) {
      return;
    }
    last = now;
    drawn = true;
    err.print("\r" + line(work, done, total) + "\u001b[K");
    err.flush();
  }

  static String line(String work, long done, long total) {
    if (total <= 0) {
      return done <= 0 ? work + " …" : String.format(Locale.ROOT, "%s: %,d", work, done);
    }
    long part = Math.min(done, total);
    int filled = (int) (part * WIDTH / total);
    return String.format(
        Locale.ROOT,
        "[%s%s] %d %% %s",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        part * 100 / total,
        work);
  }

  @Override
  public void close() {
    clear();
  }

  /// Takes the line away.
  void clear() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }
}
