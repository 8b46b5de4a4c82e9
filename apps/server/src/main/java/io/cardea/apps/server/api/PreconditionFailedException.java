package io.cardea.apps.server.api;

/// The resource is no longer what the caller took it for (RFC 9110 §13.1.1).
final class PreconditionFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PreconditionFailedException(String detail) {
    super(detail);
  }
}
