package io.cardea.protocols.edge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A parsed path template, see [Routes]. Matching is one pass over the path.
final class Template {

  private record Segment(String text, boolean capture) {
    /// Most templates are ruled out by their first word.
    boolean mayBegin(String path) {
      return capture || path.startsWith(text, 1);
    }
  }

  private final List<Segment> segments;
  private final @Nullable String rest;

  private Template(List<Segment> segments, @Nullable String rest) {
    this.segments = List.copyOf(segments);
    this.rest = rest;
  }

  static Template parse(String template) {
    if (!template.startsWith("/")) {
      throw new IllegalArgumentException("template: " + template + " (expected: to begin with /)");
    }
    List<Segment> segments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    String rest = null;
    for (String text : template.substring(1).split("/", -1)) {
      boolean capture = text.startsWith("{") && text.endsWith("}");
      if (rest != null || (!capture && (text.contains("{") || text.contains("}")))) {
        throw new IllegalArgumentException(
            "template: " + template + " (expected: whole segments in braces, {name...} last)");
      }
      String name = capture ? text.substring(1, text.length() - 1) : text;
      if (capture && name.endsWith("...")) {
        name = name.substring(0, name.length() - 3);
        rest = name;
      } else {
        segments.add(new Segment(name, capture));
      }
      if (capture && (name.isEmpty() || !names.add(name))) {
        throw new IllegalArgumentException(
            "template: " + template + " (expected: names, each once)");
      }
    }
    return new Template(segments, rest);
  }

  boolean isLiteral() {
    return rest == null && segments.stream().noneMatch(Segment::capture);
  }

  /// The captures, or null when the path does not match.
  @Nullable Map<String, String> match(String path) {
    if (!segments.isEmpty() && !segments.getFirst().mayBegin(path)) {
      return null;
    }
    Map<String, String> captures = new HashMap<>();
    int at = 0;
    for (Segment segment : segments) {
      if (at >= path.length() || path.charAt(at) != '/') {
        return null;
      }
      int slash = path.indexOf('/', at + 1);
      int end = slash < 0 ? path.length() : slash;
      String text = path.substring(at + 1, end);
      if (segment.capture()) {
        if (text.isEmpty()) {
          return null;
        }
        captures.put(segment.text(), text);
      } else if (!segment.text().equals(text)) {
        return null;
      }
      at = end;
    }
    if (rest == null) {
      return at == path.length() ? captures : null;
    }
    if (at + 1 >= path.length() || path.charAt(at) != '/') {
      return null;
    }
    captures.put(rest, path.substring(at + 1));
    return captures;
  }
}
