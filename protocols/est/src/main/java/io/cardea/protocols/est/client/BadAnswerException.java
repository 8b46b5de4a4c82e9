package io.cardea.protocols.est.client;

import java.io.IOException;

/// An answer came and cannot be used: too large, not of the promised kind, or for another key.
///
/// To a device it is the same as a lost answer, except that somebody should look at the server.
public final class BadAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  BadAnswerException(String message) {
    super(message);
  }

  BadAnswerException(String message, Throwable cause) {
    super(message, cause);
  }
}
