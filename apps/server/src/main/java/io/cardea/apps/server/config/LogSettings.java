package io.cardea.apps.server.config;

/// What is logged, and how.
public record LogSettings(Level level, Format format) {
  /// The least severe event that is logged.
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /// The form of a line.
  public enum Format {
    TEXT,
    JSON
  }
}
