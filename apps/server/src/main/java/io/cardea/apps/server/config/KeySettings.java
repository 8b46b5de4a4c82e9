package io.cardea.apps.server.config;

import io.cardea.life.pki.KeyHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where keys of authorities are.
///
/// @param home where they are made when nobody says where
public record KeySettings(KeyHome home, Optional<Token> token) {
  /// A PKCS#11 token.
  ///
  /// @param pinFile absent where systemd hands the PIN over
  public record Token(
      Path module, String token, Optional<Path> pinFile, Duration timeout, int sessions) {}
}
