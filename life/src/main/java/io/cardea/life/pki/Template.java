package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text with fields in braces, such as `spiffe://fleet.internal/device/{device.id}`. A field with a
/// question mark, `{device.serial?}`, may be absent: then the whole text is left out.
public record Template(String text) {
  private static final Pattern FIELD = Pattern.compile("\\{([a-z][a-z0-9.-]{0,62})(\\?)?}");
  private static final int MAX_LENGTH = 512;

  public Template {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "template: " + text.length() + " characters (expected: 1 to 512)");
    }
    String literal = FIELD.matcher(text).replaceAll("");
    if (literal.chars().anyMatch(c -> c == '{' || c == '}' || Character.isISOControl(c))) {
      throw new IllegalArgumentException(
          "template: " + text + " (expected: fields as {device.id})");
    }
  }

  /// The names of the fields in it.
  public List<String> fields() {
    List<String> names = new ArrayList<>();
    Matcher matcher = FIELD.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return List.copyOf(names);
  }

  Optional<String> render(Map<String, String> values, UnaryOperator<String> escape) throws Refused {
    StringBuilder out = new StringBuilder(text.length() + 32);
    Matcher matcher = FIELD.matcher(text);
    int last = 0;
    while (matcher.find()) {
      out.append(text, last, matcher.start());
      last = matcher.end();
      String value = values.get(matcher.group(1));
      if (value == null || value.isEmpty()) {
        if (matcher.group(2) != null) {
          return Optional.empty();
        }
        throw new Refused(
            Refusal.PROFILE_VIOLATION, "the profile needs the field " + matcher.group(1));
      }
      out.append(escape.apply(value));
    }
    return Optional.of(out.append(text, last, text.length()).toString());
  }

  @Override
  public String toString() {
    return text;
  }
}
