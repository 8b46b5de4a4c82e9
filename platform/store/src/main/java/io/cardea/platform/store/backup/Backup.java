package io.cardea.platform.store.backup;

import io.cardea.life.ledger.Chain;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.backup.Frame.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// Copies everything that the database holds into one stream, as of one moment, while others write.
///
/// Guarantees that what was committed before the first statement is in it, that what was not is
/// not, and that memory stays at a few pieces, whatever the size. It locks nothing that a writer
/// needs; vacuum keeps what it reads until it is done. Does not guarantee that the stream is on a
/// disk.
public final class Backup {
  private static final int IN_FLIGHT = 6;

  private final DatabaseAddress address;
  private final String product;
  private final InstantSource time;
  private final Progress progress;

  /// @param product the release that makes it
  public Backup(DatabaseAddress address, String product, InstantSource time, Progress progress) {
    this.address = address;
    this.product = product;
    this.time = time;
    this.progress = progress;
  }

  /// What was written.
  ///
  /// @param digest of the file, in hexadecimal
  public record Made(Contents contents, long bytes, String digest) {}

  /// Writes the backup; the stream stays open.
  public Made write(OutputStream out, Protection protection) throws IOException {
    try (Connection connection = address.dataSource().getConnection();
        ExecutorService deflaters = Executors.newFixedThreadPool(1, Backup::deflater)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("set statement_timeout = 0");
        statement.execute("set idle_in_transaction_session_timeout = 0");
      }
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      try {
        return new Run(connection, deflaters, new FrameWriter(out, protection)).all(protection);
      } finally {
        deflaters.shutdownNow();
      }
    } catch (SQLException e) {
      throw new BackupException("the database did not give everything: " + e.getMessage(), e);
    }
  }

  private static Thread deflater(Runnable work) {
    return Thread.ofPlatform().name("backup-deflate").daemon().unstarted(work);
  }

  /// One backup. The caller's thread reads and writes; pieces are deflated meanwhile.
  private final class Run {
    private final Connection connection;
    private final ExecutorService deflaters;
    private final FrameWriter out;
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private Chain ledger = Chain.START;
    private long rows;
    private long estimate;

    private record Piece(int stream, Future<byte[]> deflated) {}

    Run(Connection connection, ExecutorService deflaters, FrameWriter out) {
      this.connection = connection;
      this.deflaters = deflaters;
      this.out = out;
    }

    Made all(Protection protection) throws SQLException, IOException {
      takeSnapshot();
      Catalogue catalogue = new Catalogue(connection);
      Contents contents =
          new Contents(
              time.instant(),
              product,
              catalogue.schema(),
              catalogue.tables(),
              Chain.START,
              facts(catalogue));
      estimate = catalogue.estimatedRows();
      out.write(Kind.OPENING, 0, contents.opening());
      if (protection.sealed().isPresent() && protection.sealed().get().secrets().isPresent()) {
        out.write(Kind.SECRETS, 0, protection.sealed().get().secrets().get());
      }
      List<Contents.Table> counted = new ArrayList<>();
      for (int i = 0; i < contents.tables().size(); i++) {
        counted.add(table(i, contents.tables().get(i)));
      }
      while (!pieces.isEmpty()) {
        writeOne();
      }
      Contents closed =
          new Contents(
              contents.made(), product, contents.schema(), counted, ledger, contents.facts());
      out.write(Kind.CLOSING, 0, closed.closing());
      byte[] digest = out.end();
      return new Made(closed, out.bytes(), HexFormat.of().formatHex(digest));
    }

    /// Takes the snapshot that all statements see, at a moment at which nobody is writing to the
    /// ledger: so that the entries in it are all there ever are up to the last one, and its chain
    /// is that of every other copy. Writers wait for milliseconds.
    private void takeSnapshot() throws SQLException {
      try (Connection gate = address.dataSource().getConnection();
          Statement closing = gate.createStatement();
          Statement first = connection.createStatement()) {
        gate.setAutoCommit(false);
        if (new Catalogue(gate).has(Rows.LEDGER)) {
          closing.execute("set local lock_timeout = '30s'");
          closing.execute("lock table " + Rows.LEDGER + " in share mode");
        }
        first.execute("select 1");
        gate.rollback();
      }
    }

    private Contents.Table table(int stream, Contents.Table table)
        throws SQLException, IOException {
      Rows following = new Rows(table);
      CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(query(table));
      try {
        byte[] piece = new byte[Deflated.PIECE];
        int filled = 0;
        for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
          for (int from = 0; from < row.length; ) {
            int length = Math.min(row.length - from, piece.length - filled);
            System.arraycopy(row, from, piece, filled, length);
            filled += length;
            from += length;
            if (filled == piece.length) {
              send(stream, following, piece, filled);
              piece = new byte[Deflated.PIECE];
              filled = 0;
            }
          }
          if ((++rows & 0x3fff) == 0) {
            progress.at(table.name(), rows, estimate);
          }
        }
        send(stream, following, piece, filled);
      } finally {
        if (copy.isActive()) {
          copy.cancelCopy();
        }
      }
      if (table.name().equals(Rows.LEDGER)) {
        ledger = following.chain();
      }
      return following.end();
    }

    private void send(int stream, Rows following, byte[] piece, int length) throws IOException {
      if (length == 0) {
        return;
      }
      following.take(length == piece.length ? piece : Arrays.copyOf(piece, length));
      if (pieces.size() == IN_FLIGHT) {
        writeOne();
      }
      pieces.add(new Piece(stream, deflaters.submit(() -> Deflated.deflate(piece, length))));
    }

    private void writeOne() throws IOException {
      Piece piece = pieces.remove();
      try {
        out.write(Kind.DATA, piece.stream(), piece.deflated().get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BackupException("interrupted", e);
      } catch (ExecutionException e) {
        throw new BackupException("cannot deflate: " + e.getCause(), e);
      }
    }
  }

  /// The ledger in the order of its numbers, for its chain; other tables as they lie.
  private static String query(Contents.Table table) {
    String columns = Rows.quoted(table.columns());
    String rows = "select " + columns + " from \"" + table.name() + '"';
    if (table.name().equals(Rows.LEDGER)) {
      rows += " order by number";
    }
    return "copy (" + rows + ") to stdout (format binary)";
  }

  private static List<String> facts(Catalogue catalogue) throws SQLException {
    List<String> facts = new ArrayList<>();
    if (catalogue.has("authority")) {
      facts.addAll(catalogue.strings("select 'authority ' || id from authority order by id"));
    }
    return facts;
  }
}
