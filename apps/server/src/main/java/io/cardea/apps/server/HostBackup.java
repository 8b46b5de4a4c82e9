package io.cardea.apps.server;

import io.cardea.apps.server.config.Config;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Backups;
import io.cardea.platform.keys.WrappingKey;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.DatabaseClock;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.StoreListener;
import io.cardea.platform.store.backup.BackupReader;
import io.cardea.platform.store.backup.Contents;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Backups on the host, for whoever owns the data directory and may read the database's password:
/// beside a running server, or without one. Recorded in the ledger.
public final class HostBackup {
  private HostBackup() {}

  /// Writes a backup of the server that this configuration is for.
  public static Backups.Copied make(
      Config config, OutputStream out, Backups.Form form, LongWork work)
      throws StartFailure, Refused {
    try (Parts parts = new Parts()) {
      DatabaseAddress address = HostDatabase.address(config, parts);
      Database database = parts.own(Database.open(address, Database.Settings.USUAL));
      DatabaseClock time =
          parts.own(DatabaseClock.start(database.dataSource(), FromConfig.clockSettings(config)));
      PostgresStore store =
          parts.own(
              new PostgresStore(database, FromConfig.storeSettings(config), StoreListener.NONE));
      BackupCopier copier = new BackupCopier(address, wrapping(config.data().path()), time, work);
      return new Backups(copier, store, time).make(out, form, Actor.SERVER);
    } catch (SQLException | IOException | RuntimeException e) {
      throw new StartFailure(e);
    }
  }

  /// The server's wrapping key, if it is here: none is made for a backup.
  private static Optional<WrappingKey> wrapping(Path directory) throws IOException {
    Path file = directory.resolve("wrapping.key");
    boolean handedOver =
        Optional.ofNullable(System.getenv("CREDENTIALS_DIRECTORY"))
            .map(credentials -> Path.of(credentials, WrappingKey.CREDENTIAL))
            .filter(Files::exists)
            .isPresent();
    return handedOver || Files.exists(file)
        ? Optional.of(WrappingKey.find(System.getenv(), file))
        : Optional.empty();
  }

  /// What a file is, after all of it was read.
  ///
  /// @param inside nothing for a sealed one without its key
  public record Verified(
      long bytes,
      String digest,
      boolean encrypted,
      Seal seal,
      boolean withWrappingKey,
      Optional<Inside> inside) {
    static Verified of(BackupReader.Found found) {
      Seal seal = found.sealChecked() ? Seal.RIGHT : found.sealed() ? Seal.NOT_CHECKED : Seal.NONE;
      return new Verified(
          found.bytes(),
          found.digest(),
          found.encrypted(),
          seal,
          found.secrets(),
          found.contents().map(Inside::of));
    }
  }

  /// Whether the server's wrapping key stands behind the file.
  public enum Seal {
    NONE,
    NOT_CHECKED,
    RIGHT
  }

  /// What is in a backup.
  ///
  /// @param ledger number and chain of the last entry
  public record Inside(
      Instant made,
      String product,
      String schema,
      List<Table> tables,
      String ledger,
      List<String> facts) {
    /// @param digest of the rows, as PostgreSQL writes them
    public record Table(String name, long rows, String digest) {}

    static Inside of(Contents contents) {
      return new Inside(
          contents.made(),
          contents.product(),
          contents.schema(),
          contents.tables().stream()
              .map(table -> new Table(table.name(), table.rows(), table.digest()))
              .toList(),
          contents.ledger().toString(),
          contents.facts());
    }
  }

  /// Reads all of a file.
  ///
  /// @throws StartFailure when anything is wrong with it
  public static Verified verify(Path file, BackupKeys keys, LongWork work) throws StartFailure {
    try {
      return Verified.of(keys.reader(file, work).verify());
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new StartFailure(e);
    }
  }
}
