package io.cardea.apps.server.config;

/// One thing that is wrong, and where. Neither part ever holds a secret value.
public record Problem(String where, String message) {
  @Override
  public String toString() {
    return where + ": " + message;
  }
}
