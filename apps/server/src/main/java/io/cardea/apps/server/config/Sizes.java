package io.cardea.apps.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as people write them: one whole number and one binary unit.
final class Sizes {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(B|KiB|MiB)");

  private Sizes() {}

  static long parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("size: " + text);
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "B" -> number;
      case "KiB" -> number << 10;
      default -> number << 20;
    };
  }
}
