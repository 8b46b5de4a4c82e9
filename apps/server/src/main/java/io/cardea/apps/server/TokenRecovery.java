package io.cardea.apps.server;

import io.cardea.apps.server.config.Config;
import io.cardea.life.Refused;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.life.inventory.SecretSource;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.DatabaseClock;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.StoreListener;
import java.io.IOException;
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
      DatabaseAddress address = HostDatabase.address(config, parts);
      Database database = parts.own(Database.open(address, Database.Settings.USUAL));
      DatabaseClock time =
          parts.own(DatabaseClock.start(database.dataSource(), FromConfig.clockSettings(config)));
      PostgresStore store =
          parts.own(
              new PostgresStore(database, FromConfig.storeSettings(config), StoreListener.NONE));
      return AdministratorToken.recover(
          config.data(), new ApiTokens(store, store, SecretSource.atRandom(), time));
    } catch (Refused | SQLException | IOException | RuntimeException e) {
      throw new StartFailure(e);
    }
  }
}
