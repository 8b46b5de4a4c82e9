package io.cardea.trials.bench.load;

/// An answer that is none: it is counted as a failure, by its message.
public final class BadAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  public BadAnswerException(String message) {
    super(message);
  }
}
