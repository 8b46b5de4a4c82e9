package io.cardea.apps.server;

/// A server that did not start. The message is one line for the operator; nothing was left running.
public final class StartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  StartFailure(Exception cause) {
    super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
  }
}
