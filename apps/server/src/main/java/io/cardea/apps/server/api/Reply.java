package io.cardea.apps.server.api;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// An answer before it is HTTP.
record Reply(int status, String contentType, byte[] body, Map<String, String> headers) {
  static final String JSON = "application/json";

  static Reply ok(Object view) {
    return new Reply(200, JSON, Json.write(view), Map.of());
  }

  static Reply created(Object view) {
    return new Reply(201, JSON, Json.write(view), Map.of());
  }

  static Reply createdAt(String location, Object view) {
    return new Reply(201, JSON, Json.write(view), Map.of("location", location));
  }

  Reply with(String header, String value) {
    Map<String, String> all = new TreeMap<>(headers);
    all.put(header, value);
    return new Reply(status, contentType, body, all);
  }

  static Reply text(String contentType, String text) {
    return new Reply(200, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }
}
