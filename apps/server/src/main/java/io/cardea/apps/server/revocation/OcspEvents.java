package io.cardea.apps.server.revocation;

/// Is told of each answer, on the thread that gives it.
@FunctionalInterface
public interface OcspEvents {
  /// @param answer what was said: `good`, `revoked`, `unknown`, `several`, or the word of a failure
  /// @param fromMemory whether nothing had to be signed
  void answered(String answer, boolean fromMemory);
}
