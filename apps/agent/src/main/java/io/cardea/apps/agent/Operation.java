package io.cardea.apps.agent;

/// What a device asks of the server.
public enum Operation {
  /// With its token: the first credential, or a recovered one.
  ENROL,
  /// With a credential: the next one.
  RENEW,
  /// Uses a credential, which is its proof.
  PROVE,
  /// When to renew.
  ASK_WINDOW
}
