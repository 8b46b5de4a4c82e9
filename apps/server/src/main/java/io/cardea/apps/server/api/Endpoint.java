package io.cardea.apps.server.api;

import io.cardea.life.Refused;

/// One operation: method, path template as in `openapi.yaml`, who may call it, and what it does.
record Endpoint(String method, String path, Door door, Handler handler) {
  /// Who may call an operation.
  enum Door {
    /// Anyone, without a token: what is said here holds no secret.
    OPEN,
    /// Every holder of a bearer token: nothing changes.
    READ,
    /// Administrators: something changes.
    CHANGE
  }

  /// Runs on a virtual thread and may block.
  @FunctionalInterface
  interface Handler {
    Reply handle(Call call) throws Refused;
  }

  static Endpoint open(String path, Handler handler) {
    return new Endpoint("GET", path, Door.OPEN, handler);
  }

  static Endpoint get(String path, Handler handler) {
    return new Endpoint("GET", path, Door.READ, handler);
  }

  /// A question too long for a URL.
  static Endpoint ask(String path, Handler handler) {
    return new Endpoint("POST", path, Door.READ, handler);
  }

  static Endpoint post(String path, Handler handler) {
    return new Endpoint("POST", path, Door.CHANGE, handler);
  }

  /// A change that is the same when it is asked for twice.
  static Endpoint put(String path, Handler handler) {
    return new Endpoint("PUT", path, Door.CHANGE, handler);
  }

  String route() {
    return method + " " + path;
  }
}
