package io.cardea.apps.server.config;

import java.util.Optional;

/// Which PostgreSQL holds everything.
public sealed interface DatabaseSettings {
  int poolSize();

  /// The server's own, in its data directory.
  record Embedded(int poolSize) implements DatabaseSettings {}

  /// The operator's. Without a password, the database must know the role by other means.
  record External(String url, Optional<String> user, Optional<Secret> password, int poolSize)
      implements DatabaseSettings {}
}
