package io.cardea.apps.server.config;

import java.time.Duration;

/// How revocation data is served.
///
/// @param listMemory octets of revocation lists in memory
/// @param answerMemory octets of OCSP answers in memory
public record RevocationSettings(
    int listMemory, int answerMemory, Duration answerLife, Nonce nonce) {
  /// What happens to the nonce of a question.
  public enum Nonce {
    IGNORE,
    REPEAT
  }
}
