package io.cardea.apps.server.api;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.RequestKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request, as a handler sees it. Reads are strict: what is not understood is refused by name.
final class Call {
  static final int DEFAULT_PAGE = 100;
  static final int MAX_PAGE = 1_000;

  private static final int MAX_QUERY_VALUE = 512;
  private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.UTF_8);

  private final ServiceRequestContext context;
  private final HttpRequest request;
  private final Optional<Actor> actor;

  /// @param actor nobody where anyone may ask
  Call(ServiceRequestContext context, HttpRequest request, Optional<Actor> actor) {
    this.context = context;
    this.request = request;
    this.actor = actor;
  }

  Actor actor() {
    return actor.orElseThrow(() -> new IllegalStateException("an open operation has no actor"));
  }

  /// A variable of the path.
  String path(String name) {
    String value = context.pathParam(name);
    if (value == null) {
      throw new IllegalStateException("path variable: " + name + " (expected: in the template)");
    }
    return value;
  }

  /// Refuses query parameters that the operation does not know: a misspelt filter must not list
  /// everything.
  void allowQuery(Set<String> names) throws Refused {
    for (String name : context.queryParams().names()) {
      if (!names.contains(name)) {
        throw malformed(
            "query parameter: "
                + name
                + " is unknown (expected: "
                + (names.isEmpty() ? "none" : "one of " + names.stream().sorted().toList())
                + ")");
      }
    }
  }

  /// What an open operation is asked about, if that is what it judges.
  Optional<String> bearer() {
    return Dispatcher.bearer(request.headers());
  }

  Optional<String> ifMatch() {
    return Optional.ofNullable(request.headers().get(HttpHeaderNames.IF_MATCH));
  }

  /// The Idempotency-Key, bare or quoted. What is made under a name of the caller's choosing needs
  /// none: the same request finds it made.
  Optional<RequestKey> requestKey() throws Refused {
    String field = request.headers().get("idempotency-key");
    if (field == null) {
      return Optional.empty();
    }
    boolean quoted = field.length() > 2 && field.startsWith("\"") && field.endsWith("\"");
    String value = quoted ? field.substring(1, field.length() - 1) : field;
    return Optional.of(valid(() -> new RequestKey(value)));
  }

  Optional<String> query(String name) throws Refused {
    List<String> values = context.queryParams().getAll(name);
    if (values.size() > 1) {
      throw malformed("query parameter: " + name + " is there " + values.size() + " times");
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(bounded(name, values.getFirst()));
  }

  List<String> queries(String name, int max) throws Refused {
    List<String> values = context.queryParams().getAll(name);
    if (values.size() > max) {
      throw malformed(
          "query parameter: "
              + name
              + " is there "
              + values.size()
              + " times (expected: <= "
              + max
              + ")");
    }
    for (String value : values) {
      bounded(name, value);
    }
    return values;
  }

  int limit() throws Refused {
    Optional<String> text = query("limit");
    return text.isEmpty() ? DEFAULT_PAGE : (int) number("limit", text.get(), 1, MAX_PAGE);
  }

  static long number(String name, String text, long min, long max) throws Refused {
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw malformed(name + ": " + text + " (expected: a number from " + min + " to " + max + ")");
  }

  /// The body, which must be there.
  <T> T body(Class<T> type) throws Refused {
    return read(type, false, false);
  }

  /// A long body, which must be there.
  <T> T bulkBody(Class<T> type) throws Refused {
    return read(type, false, true);
  }

  /// The body, or an object without members.
  <T> T bodyOrEmpty(Class<T> type) throws Refused {
    return read(type, true, false);
  }

  private <T> T read(Class<T> type, boolean optional, boolean bulk) throws Refused {
    // Blocks this virtual thread until the body is here, is too large, or took too long.
    byte[] body = request.aggregate().join().content().array();
    if (body.length == 0) {
      if (optional) {
        return Json.read(EMPTY_OBJECT, type);
      }
      throw malformed("the body is empty (expected: a JSON object)");
    }
    MediaType contentType = request.contentType();
    if (contentType == null || !contentType.is(MediaType.JSON.withoutParameters())) {
      throw new UnsupportedMediaTypeException(String.valueOf(contentType));
    }
    return bulk ? Json.readBulk(body, type) : Json.read(body, type);
  }

  static Refused malformed(String detail) {
    return new Refused(Refusal.REQUEST_MALFORMED, detail);
  }

  static <T> T required(String name, @Nullable T value) throws Refused {
    if (value == null) {
      throw malformed("member: " + name + " is missing");
    }
    return value;
  }

  static UUID uuid(String name, String text) throws Refused {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw malformed(name + ": " + text + " (expected: a UUID)");
    }
  }

  /// Makes a value of the domain, whose own checks name what is wrong with it.
  static <T> T valid(Supplier<T> value) throws Refused {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private static String bounded(String name, String value) throws Refused {
    if (value.length() > MAX_QUERY_VALUE) {
      throw malformed(
          name + ": " + value.length() + " characters (expected: <= " + MAX_QUERY_VALUE + ")");
    }
    return value;
  }
}
