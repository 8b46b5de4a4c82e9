package io.cardea.apps.cli;

/// Ends a command with one message for a person and an exit code for a script. No stack trace is
/// ever shown for it.
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailure(String message, int exitCode) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  static CommandFailure refused(String message) {
    return new CommandFailure(message, ExitCode.REFUSED);
  }

  static CommandFailure unreachable(String message) {
    return new CommandFailure(message, ExitCode.UNREACHABLE);
  }

  int exitCode() {
    return exitCode;
  }
}
