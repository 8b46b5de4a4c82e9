package io.cardea.apps.server.api;

/// A body that does not call itself JSON: a form of another site's page cannot be sent as such
/// without asking first.
final class UnsupportedMediaTypeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsupportedMediaTypeException(String contentType) {
    super("content-type: " + contentType + " (expected: application/json)", null, false, false);
  }
}
