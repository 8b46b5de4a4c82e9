package io.cardea.apps.server.watch;

/// What a check saw.
public sealed interface Look {
  /// One plain sentence, without secrets and without names of devices or tokens.
  String detail();

  record Fine(String detail) implements Look {}

  record Wrong(String detail) implements Look {}

  /// It could not be looked at; what was seen before may still be so.
  record Unseen(String detail) implements Look {}

  static Look when(boolean wrong, String detail) {
    return wrong ? new Wrong(detail) : new Fine(detail);
  }
}
