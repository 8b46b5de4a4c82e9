package io.cardea.trials.bench.rig;

import io.cardea.platform.store.DatabaseAddress;
import io.cardea.trials.bench.load.Tally;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/// What the server's own database says of itself, asked beside the server.
public final class DatabaseView {
  private static final int AT_ONCE = 5_000;

  private final Path home;

  public DatabaseView(Place place) {
    this.home = place.server().resolve("postgres");
  }

  private Connection connect() throws IOException, SQLException {
    Path elsewhere = home.resolve("socket-directory");
    Path sockets =
        Files.exists(elsewhere) ? Path.of(Files.readString(elsewhere)) : home.resolve("run");
    String password = Files.readString(home.resolve("password")).strip();
    return DatabaseAddress.ofSocket(sockets.resolve(".s.PGSQL.5432"), "cardea", "cardea", password)
        .dataSource()
        .getConnection();
  }

  /// Reads every table as PostgreSQL copies it out, and throws it away.
  ///
  /// @return how many bytes that is
  public long copyEverything() throws IOException, SQLException {
    long bytes = 0;
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "select relname from pg_class where relnamespace = 'public'::regnamespace"
                  + " and relkind = 'r' order by relname")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      for (String table : tables) {
        CopyOut copy =
            connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy \"" + table + "\" to stdout (format binary)");
        for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
          bytes += row.length;
        }
      }
    }
    return bytes;
  }

  /// One line of text that the database answers with.
  public String tell(String sql) throws IOException, SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  public void run(String sql) throws IOException, SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Copies what a query finds into a file, and that into another table.
  ///
  /// @return how long the way in took, in nanoseconds
  public long copy(String query, String table) throws IOException, SQLException {
    Path between = Files.createTempFile(home.getParent(), "copy", ".bin");
    try (Connection connection = connect()) {
      CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(between))) {
        copies.copyOut("copy (" + query + ") to stdout (format binary)", out);
      }
      long began = System.nanoTime();
      try (InputStream in = new BufferedInputStream(Files.newInputStream(between))) {
        copies.copyIn("copy " + table + " from stdin (format binary)", in, 1 << 16);
      }
      return System.nanoTime() - began;
    } finally {
      Files.delete(between);
    }
  }

  /// The 99th percentile of a page of 100 devices by key, asked as often as it says on one
  /// connection.
  public double keysetPageMillis(int times, int devices) throws IOException, SQLException {
    double[] millis = new double[times];
    try (Connection connection = connect();
        PreparedStatement page =
            connection.prepareStatement(
                "select * from device where id > ? order by id limit 100")) {
      for (int i = 0; i < times; i++) {
        page.setString(1, String.format(Locale.ROOT, "many-%09d", (i * 7919L) % devices));
        long began = System.nanoTime();
        try (ResultSet rows = page.executeQuery()) {
          while (rows.next()) {
            rows.getString(1);
          }
        }
        millis[i] = (System.nanoTime() - began) / 1e6;
      }
    }
    Arrays.sort(millis);
    return millis[times * 99 / 100];
  }

  /// The settings on which it rests that a commit is kept.
  public String durability() throws IOException, SQLException {
    return tell(
        """
        select 'fsync=' || current_setting('fsync')
          || ' synchronous_commit=' || current_setting('synchronous_commit')
          || ' full_page_writes=' || current_setting('full_page_writes')
        """);
  }

  /// How many bytes of write-ahead log a start would have to go through, if it died now.
  public long outstandingLog() throws IOException, SQLException {
    return Long.parseLong(
        tell(
            "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn) from pg_control_checkpoint()"));
  }

  public long checkpoints() throws IOException, SQLException {
    return Long.parseLong(tell("select num_timed + num_requested from pg_stat_checkpointer"));
  }

  /// How many of the certificates that a client saw are not whole any more: the credential's row,
  /// the certificate itself, to the last bit, and the ledger's entry.
  public int lost(Tally tally) throws IOException, SQLException {
    int lost = 0;
    try (Connection connection = connect();
        PreparedStatement found =
            connection.prepareStatement(
                """
                select count(*) from unnest(?) as seen (fingerprint)
                join credential c on c.certificate = seen.fingerprint
                join certificate d on d.credential = c.id and sha256(d.der) = seen.fingerprint
                """)) {
      for (int from = 0; from < tally.seen(); from += AT_ONCE) {
        int count = Math.min(AT_ONCE, tally.seen() - from);
        byte[][] some = new byte[count][];
        for (int number = 0; number < count; number++) {
          some[number] = tally.seen(from + number);
        }
        found.setArray(1, connection.createArrayOf("bytea", some));
        try (ResultSet row = found.executeQuery()) {
          row.next();
          lost += count - row.getInt(1);
        }
      }
    }
    return lost;
  }

  /// How many credentials have no entry in the ledger that they were issued.
  public long unrecorded() throws IOException, SQLException {
    return Long.parseLong(
        tell(
            """
            select (select count(*) from credential)
              - (select count(*) from ledger_entry where kind = 'credential.issued')
            """));
  }
}
