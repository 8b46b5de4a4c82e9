package io.cardea.apps.server.api;

import java.util.List;

/// Whether this server can do its work, check by check. Shown to anyone who asks, so no check says
/// more than an operator wants strangers to know.
public record Health(List<Check> checks) {
  public Health {
    checks = List.copyOf(checks);
  }

  public boolean ready() {
    return checks.stream().allMatch(Check::ok);
  }

  /// @param name `database`, `clock`, `authority`
  /// @param detail one plain sentence
  public record Check(String name, boolean ok, String detail) {}
}
