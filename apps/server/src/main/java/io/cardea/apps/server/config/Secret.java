package io.cardea.apps.server.config;

/// A value that is shown nowhere: not in a dump, not in a log, not in an exception.
public final class Secret {
  private final String value;

  Secret(String value) {
    this.value = value;
  }

  /// The value, for the one place that needs it. Search for callers of this.
  public String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "(hidden)";
  }
}
