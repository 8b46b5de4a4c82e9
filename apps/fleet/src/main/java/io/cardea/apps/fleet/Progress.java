package io.cardea.apps.fleet;

import java.io.PrintStream;

/// Says how far it is: one line that changes on a terminal, else a new line now and then.
final class Progress {
  private static final String ERASE = "\r\u001b[2K";
  private static final long APART_NANOS = 10_000_000_000L;

  private final PrintStream out;
  private final boolean terminal;
  private long lastShown = System.nanoTime() - APART_NANOS;
  private String shown = "";

  Progress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// The state of things, which the next one replaces.
  void state(String state) {
    if (state.equals(shown)) {
      return;
    }
    if (terminal) {
      out.print(ERASE + state);
      out.flush();
      shown = state;
    } else if (System.nanoTime() - lastShown >= APART_NANOS) {
      out.println(state);
      lastShown = System.nanoTime();
      shown = state;
    }
  }

  /// A line that stays.
  void line(String text) {
    out.println(terminal && !shown.isEmpty() ? ERASE + text : text);
    shown = "";
  }
}
