package io.cardea.platform.store.embedded;

/// The database cannot be started. The message is one line that says what stands in the way and
/// what the operator does next; it never holds a secret.
public final class StoreStartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreStartException(String message) {
    super(oneLine(message));
  }

  public StoreStartException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " · ");
  }
}
