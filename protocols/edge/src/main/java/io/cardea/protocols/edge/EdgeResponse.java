package io.cardea.protocols.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/// One answer. Always sent with its Content-Length, in one write, never chunked: small clients read
/// no more than that. Immutable; each `with…` gives a new one.
public final class EdgeResponse {

  record Field(String name, String value) {}

  private static final byte[] EMPTY = {};
  private static final Field[] NO_FIELDS = {};
  private static final String[] OWN = {"Content-Length", "Transfer-Encoding", "Connection", "Date"};

  private final int status;
  private final Field[] fields;
  private final byte[] body;
  private final boolean close;

  private EdgeResponse(int status, Field[] fields, byte[] body, boolean close) {
    this.status = status;
    this.fields = fields;
    this.body = body;
    this.close = close;
  }

  /// An answer with an empty body.
  public static EdgeResponse of(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
    return new EdgeResponse(status, NO_FIELDS, EMPTY, false);
  }

  /// An answer in one line of `text/plain`.
  public static EdgeResponse text(int status, String line) {
    return of(status)
        .withBody("text/plain; charset=utf-8", (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /// The bytes are sent, not copied; do not change them afterwards.
  public EdgeResponse withBody(String contentType, byte[] body) {
    return new EdgeResponse(status, fields, body, close).withHeader("Content-Type", contentType);
  }

  /// Adds one field, after those of the same name.
  ///
  /// @throws IllegalArgumentException when it could break out of its line, or is one that the edge
  ///   sets
  public EdgeResponse withHeader(String name, String value) {
    checkField(name, value);
    Field[] more = Arrays.copyOf(fields, fields.length + 1);
    more[fields.length] = new Field(name, value);
    return new EdgeResponse(status, more, body, close);
  }

  /// In whole seconds, rounded up, at least one: "now" would invite a storm.
  public EdgeResponse withRetryAfter(Duration wait) {
    long seconds = wait.plusNanos(999_999_999).toSeconds();
    return withHeader("Retry-After", Long.toString(Math.max(1, seconds)));
  }

  /// Closes the connection after this answer.
  public EdgeResponse withClose() {
    return new EdgeResponse(status, fields, body, true);
  }

  public int status() {
    return status;
  }

  public byte[] body() {
    return body;
  }

  /// The first value of a field, or the empty string.
  public String header(String name) {
    return Arrays.stream(fields)
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst()
        .orElse("");
  }

  /// The array itself: read it, no more.
  Field[] fields() {
    return fields;
  }

  boolean close() {
    return close;
  }

  String reason() {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  private static void checkField(String name, String value) {
    boolean token = !name.isEmpty(); // loops: a stream costs more than all the rest of an answer
    for (int i = 0; i < name.length() && token; i++) {
      token = isTokenCharacter(name.charAt(i));
    }
    boolean line = true;
    for (int i = 0; i < value.length() && line; i++) {
      line = value.charAt(i) >= 0x20 && value.charAt(i) < 0x7f;
    }
    if (!token || !line) {
      throw new IllegalArgumentException("header: " + name + " (expected: a token and one line)");
    }
    for (String own : OWN) {
      if (own.equalsIgnoreCase(name)) {
        throw new IllegalArgumentException("header: " + name + " (expected: not the edge's own)");
      }
    }
  }

  private static boolean isTokenCharacter(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  @Override
  public String toString() {
    return "EdgeResponse[" + status + ", " + body.length + " bytes]";
  }
}
