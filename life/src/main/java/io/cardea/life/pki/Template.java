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
/// question mark, `{device.serial?}`, may be absent: then the whole text is left out. Two templates
/// of the same text are equal.
public final class Template {
  private static final Pattern FIELD = Pattern.compile("\\{([a-z][a-z0-9.-]{0,62})(\\?)?}");
  private static final int MAX_LENGTH = 512;

  private final String text;
  private final List<Part> parts;

  /// Literal text, or the name of a field.
  private record Part(String text, boolean field, boolean optional) {}

  public Template(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "template: " + text.length() + " characters (expected: 1 to 512)");
    }
    this.text = text;
    List<Part> found = new ArrayList<>();
    Matcher matcher = FIELD.matcher(text);
    int last = 0;
    while (matcher.find()) {
      literal(text.substring(last, matcher.start()), found);
      found.add(new Part(matcher.group(1), true, matcher.group(2) != null));
      last = matcher.end();
    }
    literal(text.substring(last), found);
    this.parts = List.copyOf(found);
  }

  private static void literal(String text, List<Part> parts) {
    if (text.chars().anyMatch(c -> c == '{' || c == '}' || Character.isISOControl(c))) {
      throw new IllegalArgumentException(
          "template: " + Names.withoutControls(text) + " (expected: fields as {device.id})");
    }
    if (!text.isEmpty()) {
      parts.add(new Part(text, false, false));
    }
  }

  public String text() {
    return text;
  }

  /// The names of the fields in it.
  public List<String> fields() {
    return parts.stream().filter(Part::field).map(Part::text).toList();
  }

  Optional<String> render(Map<String, String> values, UnaryOperator<String> escape) throws Refused {
    StringBuilder out = new StringBuilder(96);
    for (Part part : parts) {
      if (!part.field) {
        out.append(part.text);
        continue;
      }
      String value = values.get(part.text);
      if (value != null && !value.isEmpty()) {
        out.append(escape.apply(value));
      } else if (part.optional) {
        return Optional.empty();
      } else {
        throw new Refused(Refusal.PROFILE_VIOLATION, "the profile needs the field " + part.text);
      }
    }
    return Optional.of(out.toString());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Template that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
