package io.cardea.apps.server;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.DatabaseSettings;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.StoreStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The server's database, for a tool on the same host: beside the running server, or without it.
final class HostDatabase {
  private HostDatabase() {}

  static DatabaseAddress address(Config config, Parts parts) throws IOException {
    if (config.database() instanceof DatabaseSettings.Embedded) {
      Path home = FromConfig.embeddedHome(config);
      if (!Files.exists(home)) {
        throw new StoreStartException(
            home
                + " does not exist: no server was ever started here, or data.directory is another");
      }
      var running = EmbeddedPostgres.running(home);
      if (running.isPresent()) {
        return running.get();
      }
    }
    return FromConfig.databaseAddress(config, parts);
  }
}
