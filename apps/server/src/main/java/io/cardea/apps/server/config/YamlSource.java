package io.cardea.apps.server.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// Flattens a YAML document into dotted names with their places; `database: {url: …}` and
/// `database.url: …` are the same. Whatever YAML has beyond mappings, scalars and sequences of
/// scalars is refused, and so is a name given twice.
final class YamlSource {
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 8;

  /// A value as it stands in the file. The items of a sequence are joined by commas.
  record Given(String name, String text, boolean sequence, Origin.InFile origin) {}

  private final String file;
  private final List<Given> given = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, Origin.InFile> seen = new HashMap<>();

  private YamlSource(String file) {
    this.file = file;
  }

  static YamlSource read(String file, String yaml) {
    YamlSource source = new YamlSource(file);
    if (yaml.length() > MAX_CHARACTERS) {
      source.problems.add(new Problem(file, "is larger than 1 MiB"));
      return source;
    }
    try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), yaml)) {
      source.document((YAMLParser) parser);
    } catch (JacksonException e) {
      source.problems.add(
          new Problem(source.at(e.getLocation()).toString(), "not well-formed YAML: " + reason(e)));
    }
    return source;
  }

  List<Given> given() {
    return given;
  }

  List<Problem> problems() {
    return problems;
  }

  private void document(YAMLParser parser) {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL || isEmptyScalar(parser, first)) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      refuse(parser, "expected: keys and values, like public.url: http://pki.example.org");
      return;
    }
    mapping(parser, "", 1);
    if (parser.nextToken() != null) {
      refuse(parser, "a second document is not read");
    }
  }

  private static boolean isEmptyScalar(YAMLParser parser, JsonToken token) {
    return token == JsonToken.VALUE_STRING && parser.getString().isEmpty();
  }

  private void mapping(YAMLParser parser, String prefix, int depth) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = prefix + parser.currentName();
      Origin.InFile origin = at(parser.currentTokenLocation());
      JsonToken token = parser.nextToken();
      if (parser.isCurrentAlias()) {
        refuse(parser, name + ": an alias is not followed; write the value");
      } else if (token == JsonToken.START_OBJECT) {
        if (depth == MAX_DEPTH) {
          refuse(parser, name + ": nested too deeply");
          parser.skipChildren();
        } else {
          mapping(parser, name + ".", depth + 1);
        }
      } else if (token == JsonToken.START_ARRAY) {
        sequence(parser, name, origin);
      } else if (token == JsonToken.VALUE_NULL) {
        problems.add(new Problem(origin.toString(), name + ": has no value"));
      } else {
        put(new Given(name, parser.getString(), false, origin));
      }
    }
  }

  private void sequence(YAMLParser parser, String name, Origin.InFile origin) {
    List<String> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
        refuse(parser, name + ": an item is a plain value");
        parser.skipChildren();
      } else if (token == JsonToken.VALUE_NULL || parser.isCurrentAlias()) {
        refuse(parser, name + ": an item has no value");
      } else {
        items.add(parser.getString());
      }
    }
    put(new Given(name, String.join(",", items), true, origin));
  }

  private void put(Given one) {
    Origin.InFile before = seen.putIfAbsent(one.name(), one.origin());
    if (before == null) {
      given.add(one);
    } else {
      problems.add(
          new Problem(
              one.origin().toString(),
              one.name() + ": given twice, first in line " + before.line()));
    }
  }

  private void refuse(YAMLParser parser, String message) {
    problems.add(new Problem(at(parser.currentTokenLocation()).toString(), message));
  }

  private Origin.InFile at(TokenStreamLocation location) {
    return new Origin.InFile(
        file, Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }

  /// The parser's own words without its excerpt of the file, which may hold a secret.
  private static String reason(JacksonException e) {
    return e.getCause() instanceof MarkedYamlEngineException marked && marked.getProblem() != null
        ? marked.getProblem()
        : "it cannot be read";
  }
}
