package io.cardea.protocols.est.client;

/// Why something failed, in one line: the innermost cause that says something.
final class Reason {
  private Reason() {}

  static String of(Throwable failure) {
    String reason = failure.getClass().getSimpleName();
    int depth = 0;
    for (Throwable at = failure; at != null && depth < 8; at = at.getCause(), depth++) {
      String message = at.getMessage();
      reason =
          message == null || message.isBlank()
              ? at.getClass().getSimpleName()
              : AnswerText.oneLine(message);
    }
    return reason;
  }
}
