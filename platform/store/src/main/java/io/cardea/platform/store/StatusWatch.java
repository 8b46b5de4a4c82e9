package io.cardea.platform.store;

import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.StatusListener;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells one replica which certificates changed their status, whichever replica changed it.
///
/// It looks whenever the database says that something changed, and twice a second whether it does
/// or not: a lost notification costs half a second and nothing else. It has a connection of its
/// own. As long as it cannot look it confirms nothing, and whoever answers from memory must stop.
public final class StatusWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusWatch.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration COME_BACK = Duration.ofMillis(250);
  private static final int PAGE = 10_000;

  private final Database database;
  private final StatusListener listener;
  private final Map<Shard, Long> positions = new HashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean failing;
  private String mark = "0";
  private boolean first = true;

  private record Shard(AuthorityId authority, int number) {}

  private StatusWatch(Database database, StatusListener listener) {
    this.database = database;
    this.listener = listener;
    this.thread = Thread.ofPlatform().daemon().name("status-watch").start(this::run);
  }

  public static StatusWatch start(Database database, StatusListener listener) {
    return new StatusWatch(database, listener);
  }

  private void run() {
    while (closing.getCount() > 0) {
      try (Connection connection = source().getConnection()) {
        watch(connection);
      } catch (SQLException e) {
        if (!failing && closing.getCount() > 0) {
          LOG.warn("the status of certificates cannot be followed: {}", e.getMessage());
        }
        failing = true;
        pause();
      } catch (RuntimeException e) {
        // A defect of ours. Fails closed: nothing is confirmed until it works again.
        LOG.error("the watch over the status of certificates failed, and starts again", e);
        pause();
      }
    }
  }

  /// A network that swallows everything is noticed as soon as anything else that is wrong.
  private PGSimpleDataSource source() {
    PGSimpleDataSource source = database.address().pgDataSource();
    source.setApplicationName("cardea-status-watch");
    source.setConnectTimeout(2);
    source.setSocketTimeout(5);
    source.setTcpKeepAlive(true);
    return source;
  }

  private void pause() {
    try {
      var _ = closing.await(COME_BACK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      LOG.debug("interrupted, and goes on"); // close() is the way to end
    }
  }

  private void watch(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set statement_timeout = 4000");
      statement.execute("listen " + StatusWrites.CHANNEL);
    }
    PGConnection ours = connection.unwrap(PGConnection.class);
    while (closing.getCount() > 0) {
      look(connection);
      if (failing) {
        LOG.info("the status of certificates is followed again");
        failing = false;
      }
      // Taken before the next look: what is committed after this wakes the wait below.
      var _ = ours.getNotifications((int) LOOK.toMillis());
    }
  }

  private void look(Connection connection) throws SQLException {
    long began = System.nanoTime();
    String next;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select pg_snapshot_xmin(pg_current_snapshot())::text")) {
      row.next();
      next = row.getString(1);
    }
    for (Map.Entry<Shard, Long> moved : movedSince(connection).entrySet()) {
      follow(connection, moved.getKey(), moved.getValue());
    }
    mark = next;
    first = false;
    listener.confirmed(began);
  }

  /// The shards that a transaction moved which had not ended at the last look, or was not begun.
  private Map<Shard, Long> movedSince(Connection connection) throws SQLException {
    Map<Shard, Long> moved = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select authority, shard, position from crl_shard where changed_in >= ?::xid8")) {
      statement.setString(1, mark);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          moved.put(new Shard(new AuthorityId(row.getString(1)), row.getInt(2)), row.getLong(3));
        }
      }
    }
    return moved;
  }

  private void follow(Connection connection, Shard shard, long position) throws SQLException {
    Long known = positions.get(shard);
    if (known != null && known > position) {
      LOG.error(
          "shard {} of authority {} is at {} and was at {}: was the database restored?",
          shard.number(),
          shard.authority(),
          position,
          known);
      listener.lost();
    } else if (!first && (known == null || known < position)) {
      changes(connection, shard, known == null ? 0 : known);
    }
    positions.put(shard, position);
    listener.moved(shard.authority(), shard.number(), position);
  }

  private void changes(Connection connection, Shard shard, long after) throws SQLException {
    long from = after;
    List<Serial> serials = new ArrayList<>();
    do {
      serials.clear();
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              select position, serial from revocation
              where authority = ? and shard = ? and position > ? order by position limit ?
              """)) {
        statement.setString(1, shard.authority().value());
        statement.setInt(2, shard.number());
        statement.setLong(3, from);
        statement.setInt(4, PAGE);
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            from = row.getLong(1);
            serials.add(new Serial(new BigInteger(row.getBytes(2))));
          }
        }
      }
      listener.changed(shard.authority(), List.copyOf(serials));
    } while (serials.size() == PAGE);
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(LOOK.multipliedBy(4));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
