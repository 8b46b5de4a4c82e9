package io.cardea.platform.store;

/// The database is there or not, but cannot be used. The message is one line for the operator.
public final class DatabaseUnusableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DatabaseUnusableException(String message) {
    super(message.strip().replaceAll("\\s*\\R\\s*", " · "));
  }

  DatabaseUnusableException(String message, Throwable cause) {
    super(message.strip().replaceAll("\\s*\\R\\s*", " · "), cause);
  }
}
