package io.cardea.platform.store.backup;

import io.cardea.life.ledger.Ledger;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.Schema;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a backup into a database that is empty.
///
/// All or nothing: from before the first write until [#finish], the database is marked, and no
/// server starts on it; a restore that died is begun again from the start. Rows are loaded under
/// the schema that they come from, without indexes; then the schema is migrated to that of this
/// release. Numbers that sequences hand out go on after a gap, so that none is used twice that was
/// used after the backup was made.
///
/// One at a time, and never under a server: two would both take the other's rows for their own, and
/// the first to end would open a database that the second has half emptied.
public final class Restore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Restore.class);

  /// How far sequences jump: more than any fleet writes in the life of a backup.
  public static final long JUMP = 1_000_000_000L;

  private static final int BATCH = 1_000;

  /// "restore", in octets: the lock that every restore into a database asks for.
  private static final long ALONE = 0x72_65_73_74_6f_72_65L;

  private final DatabaseAddress address;
  private final Progress progress;
  private final Connection alone;

  private Restore(DatabaseAddress address, Progress progress, Connection alone) {
    this.address = address;
    this.progress = progress;
    this.alone = alone;
  }

  /// Takes the database for this restore alone, until it is closed or its process is gone.
  ///
  /// @throws BackupException when another restore is at work there, or a server
  public static Restore begin(DatabaseAddress address, Progress progress) throws IOException {
    try {
      Connection alone = address.dataSource().getConnection();
      boolean taken = false;
      try {
        execute(alone, "set idle_session_timeout = 0");
        if (!is(alone, "select pg_try_advisory_lock(" + ALONE + ")")) {
          throw new BackupException(
              "another restore into "
                  + address
                  + " is at work: wait until it is through, or stop it");
        }
        requireNoServer(alone, address);
        taken = true;
        return new Restore(address, progress, alone);
      } finally {
        if (!taken) {
          alone.close();
        }
      }
    } catch (SQLException e) {
      throw new BackupException("cannot connect to " + address + ": " + e.getMessage(), e);
    }
  }

  /// What is in the database now.
  public record Loaded(Contents contents, Optional<byte[]> secrets) {}

  /// Loads and migrates. What is given was checked before ([BackupReader#checkBytes]), and is
  /// checked again on the way.
  ///
  /// @param replace whether what is in the database may be thrown away
  public Loaded load(BackupReader backup, boolean replace) throws IOException {
    try (Connection connection = address.dataSource().getConnection()) {
      Catalogue catalogue = new Catalogue(connection);
      boolean begun = Schema.isBeingRestored(connection);
      if (!catalogue.isEmpty() && !begun && !replace) {
        throw new BackupException(
            address
                + " is not empty: restore into an empty one, or give --force to throw away all"
                + " that it holds");
      }
      Loading loading = new Loading(connection, catalogue);
      BackupReader.Found found = backup.read(loading);
      Contents contents =
          found
              .contents()
              .orElseThrow(
                  () -> new BackupException("the backup is encrypted: give its recipient's key"));
      loading.complete();
      progress.at("migrating", 0, 0);
      Schema.migrate(address, Optional.empty());
      return new Loaded(contents, Optional.ofNullable(loading.secrets));
    } catch (SQLException e) {
      throw new BackupException("the database did not take everything: " + e.getMessage(), e);
    }
  }

  /// Brings entries that were written after the backup, under their own numbers.
  public void importLedger(Iterator<Ledger.Recorded> entries) throws IOException {
    try (Connection connection = address.dataSource().getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                insert into ledger_entry (number, kind, device, canonical)
                overriding system value values (?, ?, ?, ?) on conflict (number) do nothing
                """)) {
      connection.setAutoCommit(false);
      long imported = 0;
      while (entries.hasNext()) {
        Ledger.Recorded entry = entries.next();
        statement.setLong(1, entry.number());
        statement.setString(2, entry.kind().word());
        statement.setString(3, entry.device().orElse(null));
        statement.setBytes(4, entry.canonical());
        statement.addBatch();
        if (++imported % BATCH == 0) {
          statement.executeBatch();
          progress.at("entries of the ledger", imported, 0);
        }
      }
      statement.executeBatch();
      connection.commit();
    } catch (SQLException e) {
      throw new BackupException("the database did not take the ledger: " + e.getMessage(), e);
    }
  }

  /// Lets every number that is handed out go on after a gap: that of sequences, and that of
  /// revocation lists, which whoever has seen a higher one would not believe.
  public void leap() throws IOException {
    try (Connection connection = address.dataSource().getConnection()) {
      Catalogue catalogue = new Catalogue(connection);
      for (String[] sequence : catalogue.sequences()) {
        execute(
            connection,
            "select setval('%s', coalesce((select max(%s) from %s), 0) + %d)"
                .formatted(sequence[0], sequence[2], sequence[1], JUMP));
      }
      if (catalogue.hasColumn("crl_shard", "number")) {
        execute(connection, "update crl_shard set number = number + " + JUMP);
      }
      progress.at("analysing", 0, 0);
      execute(connection, "analyze");
    } catch (SQLException e) {
      throw new BackupException("the database did not go on: " + e.getMessage(), e);
    }
  }

  /// Lets the revocation lists of an authority go on above this number.
  public void raiseListNumbers(String authority, BigInteger number) throws IOException {
    try (Connection connection = address.dataSource().getConnection()) {
      if (new Catalogue(connection).hasColumn("authority", "crl_floor")) {
        try (PreparedStatement statement =
            connection.prepareStatement(
                "update authority set crl_floor = greatest(crl_floor, ?) where id = ?")) {
          statement.setBigDecimal(1, new BigDecimal(number));
          statement.setString(2, authority);
          statement.executeUpdate();
        }
      }
    } catch (SQLException e) {
      throw new BackupException("the database did not go on: " + e.getMessage(), e);
    }
  }

  /// The database is complete: servers may start on it. Said by the connection that held it all the
  /// while: had that been lost, somebody else could be at work.
  public void finish() throws IOException {
    try {
      Schema.restored(alone);
    } catch (SQLException e) {
      throw new BackupException("the database did not end the restore: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      alone.close();
    } catch (SQLException e) {
      LOG.debug("the lock of the restore ends with its connection", e);
    }
  }

  private static void requireNoServer(Connection connection, DatabaseAddress address)
      throws SQLException, BackupException {
    if (is(
        connection,
        """
        select exists (select from pg_stat_activity where datname = current_database()
          and application_name = '%s')
        """
            .formatted(Database.Settings.USUAL.applicationName()))) {
      throw new BackupException(
          "a server, or a backup, is at work on " + address + ": stop it first");
    }
  }

  private static boolean is(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Takes the rows, all of them in one transaction.
  private final class Loading implements BackupReader.Sink {
    private final Connection connection;
    private final Catalogue catalogue;
    private List<Catalogue.Obstacle> obstacles = List.of();
    private @Nullable CopyIn copy;
    private byte @Nullable [] secrets;

    Loading(Connection connection, Catalogue catalogue) {
      this.connection = connection;
      this.catalogue = catalogue;
    }

    @Override
    public void begin(Contents contents) throws IOException {
      try {
        if (!Schema.knows(address, contents.schema())) {
          throw new BackupException(
              "the backup has the schema of version "
                  + contents.schema()
                  + ", which this release does not know: use the release that made it, or a newer"
                  + " one");
        }
        execute(connection, "set statement_timeout = 0");
        markAlone();
        for (String clearing : catalogue.clearing()) {
          execute(connection, clearing);
        }
        Schema.migrate(address, Optional.of(contents.schema()));
        requireSame(contents, catalogue);
        connection.setAutoCommit(false);
        execute(connection, "set local maintenance_work_mem = '256MB'");
        obstacles = catalogue.obstacles();
        for (Catalogue.Obstacle obstacle : obstacles) {
          execute(connection, obstacle.drop());
        }
        for (Contents.Table table : contents.tables()) {
          execute(connection, "alter table \"" + table.name() + "\" disable trigger user");
        }
        for (Contents.Table table : contents.tables()) {
          // What migrations wrote is in the backup too. And a table emptied in this transaction is
          // filled without a second look at each row.
          execute(connection, "truncate \"" + table.name() + '"');
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }

    /// A server that started since [#begin] is told by its next connection; so it must have none
    /// yet.
    private void markAlone() throws SQLException, IOException {
      boolean begun = Schema.isBeingRestored(connection);
      Schema.restoring(connection);
      boolean nobody = false;
      try {
        requireNoServer(connection, address);
        nobody = true;
      } finally {
        if (!nobody && !begun) {
          Schema.restored(connection);
        }
      }
    }

    @Override
    public void secrets(byte[] found) {
      secrets = found;
    }

    @Override
    public void rows(Contents.Table table, byte[] piece) throws IOException {
      try {
        if (copy == null) {
          copy =
              connection
                  .unwrap(PGConnection.class)
                  .getCopyAPI()
                  .copyIn(
                      "copy \"%s\" (%s) from stdin (format binary, freeze)"
                          .formatted(table.name(), Rows.quoted(table.columns())));
        }
        copy.writeToCopy(piece, 0, piece.length);
      } catch (SQLException e) {
        throw failed(e);
      }
    }

    @Override
    public void end(Contents.Table table) throws IOException {
      try {
        if (copy != null) {
          copy.endCopy();
          copy = null;
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    }

    /// All rows were right: what was taken away comes back, and all of it stands.
    void complete() throws SQLException {
      int done = 0;
      List<Catalogue.Obstacle> back = new ArrayList<>(obstacles);
      Collections.reverse(back);
      // Keys before foreign keys, which refer to them: those stood first.
      for (Catalogue.Obstacle obstacle : back) {
        progress.at("indexes", ++done, back.size());
        execute(connection, obstacle.create());
      }
      for (Contents.Table table : catalogue.tables()) {
        execute(connection, "alter table \"" + table.name() + "\" enable trigger user");
      }
      for (String column : catalogue.transactionColumns()) {
        // Numbers of transactions of another database mean nothing here.
        execute(connection, column);
      }
      connection.commit();
    }

    private BackupException failed(SQLException e) {
      return new BackupException("the database did not take everything: " + e.getMessage(), e);
    }
  }

  private static void requireSame(Contents contents, Catalogue catalogue)
      throws SQLException, BackupException {
    if (!catalogue
        .tables()
        .equals(
            contents.tables().stream()
                .map(table -> new Contents.Table(table.name(), table.columns(), 0, ""))
                .toList())) {
      throw new BackupException(
          "the tables of the backup are not those of schema version " + contents.schema());
    }
  }
}
