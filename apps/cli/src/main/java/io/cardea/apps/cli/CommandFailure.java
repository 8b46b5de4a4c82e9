package io.cardea.apps.cli;

/// Ends a command with one message for a person and an exit code for a script. No stack trace is
/// ever shown for it.
final class CommandFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final boolean mayPass;

  private CommandFailure(String message, int exitCode, boolean mayPass) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.mayPass = mayPass;
  }

  static CommandFailure refused(String message) {
    return new CommandFailure(message, ExitCode.REFUSED, false);
  }

  /// Refused, since the server has no time or no database just now.
  static CommandFailure notNow(String message) {
    return new CommandFailure(message, ExitCode.REFUSED, true);
  }

  static CommandFailure unreachable(String message) {
    return new CommandFailure(message, ExitCode.UNREACHABLE, true);
  }

  /// The same, and what it means for the work that it ends.
  CommandFailure with(String more) {
    return new CommandFailure(getMessage() + "\n" + more, exitCode, mayPass);
  }

  /// Whether the same call may well succeed in a while.
  boolean mayPass() {
    return mayPass;
  }

  int exitCode() {
    return exitCode;
  }
}
