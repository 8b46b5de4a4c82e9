package io.cardea.apps.server;

import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.DatabaseClock;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.StoreListener;
import io.cardea.platform.store.backup.BackupReader;
import io.cardea.platform.store.backup.Contents;
import io.cardea.platform.store.backup.Restore;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Fills an empty database from a backup, on the host, without a server.
///
/// Nothing is written before every byte of the file was seen to be right; and no server starts on
/// the database before all of it is there.
public final class HostRestore {
  /// While it is restored, an embedded database need not be able to replay what it is told: if it
  /// dies, the restore begins anew.
  private static final Map<String, String> LOADING =
      Map.of("wal_level", "minimal", "max_wal_senders", "0", "max_wal_size", "8GB");

  private HostRestore() {}

  /// Which database is filled.
  public sealed interface Target {
    /// The embedded one of a data directory, which is made if it is not there.
    record DataDirectory(Path path) implements Target {}

    /// One's own.
    record External(String url, String user, String password) implements Target {
      /// Never shows the password.
      @Override
      public String toString() {
        return "External[" + url + "]";
      }
    }
  }

  /// @param replace whether what the database holds may be thrown away
  /// @param past other records of what happened since the backup was made
  public record Order(
      Path file, BackupKeys keys, Target target, boolean replace, PastRecords past) {}

  /// What was done.
  ///
  /// @param wrappingKey where the wrapping key is now, if the backup held it
  public record Restored(
      HostBackup.Inside inside, Optional<Path> wrappingKey, PastRecords.Brought brought) {}

  public static Restored restore(Order order, LongWork work) throws StartFailure {
    try (Parts parts = new Parts()) {
      BackupReader reader = order.keys().reader(order.file(), work);
      BackupReader.Found bytes = reader.checkBytes();
      order.past().check(work);
      DatabaseAddress address = address(order.target(), parts);
      Restore restore = parts.own(Restore.begin(address, work::at));
      Restore.Loaded loaded = restore.load(reader, order.replace());
      Optional<Path> key = keep(order.target(), loaded.secrets());
      order.past().importLedger(restore, loaded.contents().ledger());
      restore.leap();
      Database database = parts.own(Database.openRestoring(address, Database.Settings.USUAL));
      DatabaseClock time =
          parts.own(DatabaseClock.start(database.dataSource(), DatabaseClock.Settings.USUAL));
      PostgresStore store =
          parts.own(new PostgresStore(database, PostgresStore.Settings.USUAL, StoreListener.NONE));
      order.past().raiseNumbers(store, restore);
      PastRecords.Brought brought =
          order.past().replay(store, time, loaded.contents().ledger(), work);
      remember(store, time, loaded.contents(), bytes);
      restore.finish();
      return new Restored(HostBackup.Inside.of(loaded.contents()), key, brought);
    } catch (Refused | IOException | SQLException | GeneralSecurityException | RuntimeException e) {
      throw new StartFailure(e);
    }
  }

  private static DatabaseAddress address(Target target, Parts parts) throws IOException {
    return switch (target) {
      case Target.DataDirectory(var path) -> {
        OwnerOnly.directory(path);
        yield parts.own(EmbeddedPostgres.start(path.resolve("postgres"), LOADING)).address();
      }
      case Target.External(var url, var user, var password) ->
          new DatabaseAddress(url, user, password);
    };
  }

  /// Puts the wrapping key where the server looks for it. Another one that is there opens other
  /// keys, and perhaps it is the only copy of it: it stays, and nothing is restored.
  private static Optional<Path> keep(Target target, Optional<byte[]> secrets) throws IOException {
    if (secrets.isEmpty()) {
      return Optional.empty();
    }
    Path file =
        switch (target) {
          case Target.DataDirectory(var path) -> path.resolve("wrapping.key");
          case Target.External _ -> Path.of("wrapping.key").toAbsolutePath();
        };
    String key = new String(secrets.get(), StandardCharsets.US_ASCII);
    if (!Files.exists(file)) {
      OwnerOnly.write(file, key);
    } else if (!MessageDigest.isEqual(
        Files.readString(file).strip().getBytes(StandardCharsets.US_ASCII),
        key.strip().getBytes(StandardCharsets.US_ASCII))) {
      throw new IOException(
          file
              + " is another wrapping key than the backup's: move it to another place, and run the"
              + " same command again");
    }
    return Optional.of(file);
  }

  private static void remember(
      PostgresStore store, TrustedTime time, Contents contents, BackupReader.Found bytes) {
    store.commit(
        new Decision(
            List.of(),
            List.of(
                new Entry(
                    EntryKind.BACKUP_RESTORED,
                    time.instant(),
                    Actor.SERVER.name(),
                    Optional.empty(),
                    Map.of(
                        "digest", bytes.digest(),
                        "made", contents.made().toString(),
                        "product", contents.product(),
                        "schema", contents.schema(),
                        "ledger", contents.ledger().toString())))));
  }
}
