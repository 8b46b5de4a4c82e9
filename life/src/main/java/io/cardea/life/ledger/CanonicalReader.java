package io.cardea.life.ledger;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Reads what [Entry#canonical] wrote, and nothing else: an entry in any other spelling was not
/// written by us.
final class CanonicalReader {
  private final String text;
  private int at;

  private CanonicalReader(String text) {
    this.text = text;
  }

  /// @throws IllegalArgumentException for bytes that are not the canonical form of an entry
  static Entry read(byte[] canonical) {
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(canonical)).toString();
      return new CanonicalReader(text).entry();
    } catch (CharacterCodingException | DateTimeParseException e) {
      throw new IllegalArgumentException("entry: not in canonical form", e);
    }
  }

  private Entry entry() {
    expect('{');
    String actor = named("actor");
    expect(',');
    String when = named("at");
    expect(',');
    Optional<String> device = Optional.empty();
    String name = string();
    if (name.equals("device")) {
      expect(':');
      device = Optional.of(string());
      expect(',');
      name = string();
    }
    require(name.equals("facts"), "facts");
    expect(':');
    Map<String, String> facts = facts();
    expect(',');
    String kind = named("kind");
    expect(',');
    require(named("v").equals("1"), "version 1");
    expect('}');
    require(at == text.length(), "the end");
    return new Entry(EntryKind.ofWord(kind), Instant.parse(when), actor, device, facts);
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    expect('{');
    if (peek() != '}') {
      fact(facts);
      while (peek() == ',') {
        at++;
        fact(facts);
      }
    }
    expect('}');
    return facts;
  }

  private void fact(Map<String, String> facts) {
    String name = string();
    expect(':');
    facts.put(name, string());
  }

  private String named(String name) {
    require(string().equals(name), name);
    expect(':');
    return string();
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (peek() != '"') {
      char c = next();
      value.append(c == '\\' ? escaped() : c);
    }
    at++;
    return value.toString();
  }

  private char escaped() {
    return switch (next()) {
      case '"' -> '"';
      case '\\' -> '\\';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        require(at + 4 <= text.length(), "four digits");
        String digits = text.substring(at, at + 4);
        at += 4;
        yield (char) Integer.parseInt(digits, 16);
      }
      default -> throw malformed("an escape");
    };
  }

  private void expect(char wanted) {
    require(next() == wanted, "'" + wanted + "'");
  }

  private char peek() {
    require(at < text.length(), "more");
    return text.charAt(at);
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private void require(boolean holds, String expected) {
    if (!holds) {
      throw malformed(expected);
    }
  }

  private IllegalArgumentException malformed(String expected) {
    return new IllegalArgumentException(
        "entry: at character " + at + " (expected: " + expected + ")");
  }
}
