package io.cardea.life.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One recorded act: who did what to which device, when, with the facts that matter.
///
/// Facts hold names, fingerprints and reasons; never a secret, never personal data. The canonical
/// bytes are what is stored, and will be the Merkle leaf: one JSON object with sorted keys, no
/// white space and nothing but strings in it (RFC 8785 has one form for that).
///
/// @param actor who caused it, as `kind:name` (`device:pump-1`, `api-token:admin`, `server:cardea`)
/// @param device the registered id of the device that it is about, if it is about one
public record Entry(
    EntryKind kind, Instant at, String actor, Optional<String> device, Map<String, String> facts) {
  public static final int MAX_FACT_LENGTH = 4096;

  public Entry {
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
    facts.forEach((name, value) -> {
      if (value.length() > MAX_FACT_LENGTH) {
        throw new IllegalArgumentException(
            name + ": " + value.length() + " characters (expected: <= " + MAX_FACT_LENGTH + ")");
      }
    });
  }

  public static Entry about(
      String device, EntryKind kind, Instant at, String actor, Map<String, String> facts) {
    return new Entry(kind, at, actor, Optional.of(device), facts);
  }

  /// Reads an entry back from its stored bytes.
  ///
  /// @throws IllegalArgumentException for bytes that [#canonical] did not write
  public static Entry ofCanonical(byte[] canonical) {
    return CanonicalReader.read(canonical);
  }

  /// The bytes to store and, later, to hash into the log.
  public byte[] canonical() {
    StringBuilder json = new StringBuilder(256).append('{');
    member(json, "actor", actor);
    member(json.append(','), "at", at.toString());
    device.ifPresent(id -> member(json.append(','), "device", id));
    json.append(",\"facts\":{");
    String separator = "";
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      member(json.append(separator), fact.getKey(), fact.getValue());
      separator = ",";
    }
    json.append('}');
    member(json.append(','), "kind", kind.word());
    member(json.append(','), "v", "1");
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void member(StringBuilder json, String name, String value) {
    quoted(json, name);
    quoted(json.append(':'), value);
  }

  /// RFC 8785 §3.2.2.2: the two-character escapes where there is one, lower-case \\u for the other
  /// control characters, all else as it is.
  private static void quoted(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < 0x20) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }
}
