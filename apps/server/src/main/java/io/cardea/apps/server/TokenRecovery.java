package io.cardea.apps.server;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.DatabaseSettings;
import io.cardea.life.Refused;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.DatabaseClock;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.StoreListener;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.StoreStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/// Replaces a lost administrator's token, on the host, for whoever owns the data directory and may
/// read the database's password. Works beside a running server, which follows within a second, and
/// without one. Recorded in the ledger.
public final class TokenRecovery {
  private TokenRecovery() {}

  /// @return the file with the new token; the old one is worthless from now on
  public static Path recover(Config config) throws StartFailure {
    try (Parts parts = new Parts()) {
      // A new database has no token to lose: the first start of a server makes one.
      DatabaseAddress address = address(config, parts);
      Database database = parts.own(Database.open(address, Database.Settings.USUAL));
      DatabaseClock time =
          parts.own(DatabaseClock.start(database.dataSource(), Server.clockSettings(config)));
      PostgresStore store =
          parts.own(new PostgresStore(database, Server.storeSettings(config), StoreListener.NONE));
      return AdministratorToken.recover(config.data(), new ApiTokens(store, store, time));
    } catch (Refused | SQLException | IOException | RuntimeException e) {
      throw new StartFailure(e);
    }
  }

  private static DatabaseAddress address(Config config, Parts parts) throws IOException {
    if (config.database() instanceof DatabaseSettings.Embedded) {
      Path home = Server.embeddedHome(config);
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
    return Server.databaseAddress(config, parts);
  }
}
