package io.cardea.trials.bench;

/// A benchmark that has no result to show. Its message is one line for people.
final class BenchFailure extends Exception {
  private static final long serialVersionUID = 1L;

  BenchFailure(String message) {
    super(message);
  }

  BenchFailure(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}
