package io.cardea.apps.server.api;

import io.cardea.life.Refused;
import io.cardea.life.inventory.Permission;
import java.util.Optional;
import java.util.regex.Pattern;

/// One operation: method, path template as in `openapi.yaml`, who may call it, and what it does.
///
/// The use case behind the operation asks for the permission again, with what it is about; here it
/// is known before a byte of the body is read.
///
/// @param permission what the caller's role must permit; without one, anyone may call it without a
///   token, and what it says holds no secret
/// @param size of the body that it may read
record Endpoint(
    String method, String path, Optional<Permission> permission, Handler handler, Size size) {
  enum Size {
    USUAL,
    /// Many things in one body: few of them are read at once.
    BULK
  }

  private Endpoint(String method, String path, Optional<Permission> permission, Handler handler) {
    this(method, path, permission, handler, Size.USUAL);
  }

  /// Runs on a virtual thread and may block.
  @FunctionalInterface
  interface Handler {
    Reply handle(Call call) throws Refused;
  }

  static Endpoint open(String path, Handler handler) {
    return new Endpoint("GET", path, Optional.empty(), handler);
  }

  static Endpoint get(String path, Handler handler) {
    return get(path, Permission.SEE, handler);
  }

  static Endpoint get(String path, Permission permission, Handler handler) {
    return new Endpoint("GET", path, Optional.of(permission), handler);
  }

  /// A question too long for a URL.
  static Endpoint ask(String path, Handler handler) {
    return post(path, Permission.SEE, handler);
  }

  static Endpoint post(String path, Permission permission, Handler handler) {
    return new Endpoint("POST", path, Optional.of(permission), handler);
  }

  static Endpoint bulk(String path, Permission permission, Handler handler) {
    return new Endpoint("POST", path, Optional.of(permission), handler, Size.BULK);
  }

  /// A change that is the same when it is asked for twice.
  static Endpoint put(String path, Permission permission, Handler handler) {
    return new Endpoint("PUT", path, Optional.of(permission), handler);
  }

  boolean isRead() {
    return method.equals("GET");
  }

  /// Whether it changes what the other reads: a last word after a variable is an act on it. What is
  /// created in a collection does not change what it is.
  boolean changes(Endpoint read) {
    return switch (method) {
      case "PUT" -> path.equals(read.path());
      case "POST" ->
          path.matches(Pattern.quote(read.path()) + "/[a-z-]+") && read.path().endsWith("}");
      default -> false;
    };
  }

  String route() {
    return method + " " + path;
  }
}
