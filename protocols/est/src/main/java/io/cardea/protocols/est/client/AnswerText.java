package io.cardea.protocols.est.client;

import java.nio.charset.StandardCharsets;

/// Text of a stranger made fit for a log: one line, printable, bounded.
final class AnswerText {
  private static final int LENGTH = 300;

  private AnswerText() {}

  static String oneLine(byte[] body) {
    return oneLine(new String(body, 0, Math.min(body.length, 4 * LENGTH), StandardCharsets.UTF_8));
  }

  static String oneLine(String text) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length() && line.length() < LENGTH; i++) {
      char c = text.charAt(i);
      if (c == '\n' && !line.isEmpty()) {
        break;
      }
      if (c >= 0x20 && c < 0x7f) {
        line.append(c);
      } else if (c > 0x20) {
        line.append('?');
      }
    }
    return line.toString().strip();
  }
}
