package io.cardea.apps.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How revocation data is served.
///
/// @param folder of lists that others signed
/// @param listMemory octets of revocation lists in memory
/// @param answerMemory octets of OCSP answers in memory
public record RevocationSettings(
    Optional<Path> folder, int listMemory, int answerMemory, Duration answerLife, Nonce nonce) {
  /// What happens to the nonce of a question.
  public enum Nonce {
    IGNORE,
    REPEAT
  }
}
