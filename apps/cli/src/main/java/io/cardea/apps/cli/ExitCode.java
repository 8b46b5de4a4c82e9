package io.cardea.apps.cli;

/// What a script can rely on.
final class ExitCode {
  static final int OK = 0;

  /// The server, or the thing that was checked, said no.
  static final int REFUSED = 1;

  /// The command line itself is wrong.
  static final int USAGE = 2;

  /// Nobody answered, or not the server that we trust.
  static final int UNREACHABLE = 3;

  private ExitCode() {}
}
