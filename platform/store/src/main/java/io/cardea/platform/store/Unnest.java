package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A statement over many rows at once, whose parameters are arrays, one for each column: one round
/// trip, one plan, whatever the number of rows.
///
/// Times travel as microseconds, which both sides turn in no time; in SQL they become a
/// `timestamptz` by [#time(String)].
final class Unnest<R> implements AutoCloseable {
  private final Connection connection;
  private final PreparedStatement statement;
  private final List<R> rows;
  private int parameter;

  Unnest(Connection connection, String sql, List<R> rows) throws SQLException {
    this.connection = connection;
    this.statement = connection.prepareStatement(sql);
    this.rows = rows;
  }

  /// The SQL for a time from the column of that name.
  static String time(String column) {
    return "timestamptz 'epoch' + " + column + " * interval '1 microsecond'";
  }

  static long micros(Instant at) {
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1_000);
  }

  Unnest<R> text(Function<R, @Nullable String> column) throws SQLException {
    @Nullable String[] values = new String[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = column.apply(rows.get(i));
    }
    return array("text", values);
  }

  Unnest<R> uuid(Function<R, @Nullable UUID> column) throws SQLException {
    @Nullable UUID[] values = new UUID[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = column.apply(rows.get(i));
    }
    return array("uuid", values);
  }

  Unnest<R> bytes(Function<R, byte @Nullable []> column) throws SQLException {
    byte[] @Nullable [] values = new byte[rows.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = column.apply(rows.get(i));
    }
    return array("bytea", values);
  }

  Unnest<R> fingerprint(Function<R, @Nullable Fingerprint> column) throws SQLException {
    return bytes(row -> {
      Fingerprint value = column.apply(row);
      return value == null ? null : value.bytes();
    });
  }

  Unnest<R> number(ToLongFunction<R> column) throws SQLException {
    Long[] values = new Long[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = column.applyAsLong(rows.get(i));
    }
    return array("int8", values);
  }

  Unnest<R> flag(java.util.function.Predicate<R> column) throws SQLException {
    Boolean[] values = new Boolean[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = column.test(rows.get(i));
    }
    return array("bool", values);
  }

  Unnest<R> time(Function<R, @Nullable Instant> column) throws SQLException {
    @Nullable Long[] values = new Long[rows.size()];
    for (int i = 0; i < values.length; i++) {
      Instant at = column.apply(rows.get(i));
      values[i] = at == null ? null : micros(at);
    }
    return array("int8", values);
  }

  /// One value for all rows.
  Unnest<R> value(int value) throws SQLException {
    statement.setInt(++parameter, value);
    return this;
  }

  private Unnest<R> array(String type, @Nullable Object[] values) throws SQLException {
    Array array = connection.createArrayOf(type, values);
    statement.setArray(++parameter, array);
    return this;
  }

  void run() throws SQLException {
    statement.executeUpdate();
  }

  /// Runs it and collects the first column of what it returns.
  <K> Set<K> returning(KeyReader<K> key) throws SQLException {
    Set<K> keys = new HashSet<>();
    try (ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        keys.add(key.read(result));
      }
    }
    return keys;
  }

  ResultSet query() throws SQLException {
    return statement.executeQuery();
  }

  @FunctionalInterface
  interface KeyReader<K> {
    K read(ResultSet row) throws SQLException;
  }

  @Override
  public void close() throws SQLException {
    statement.close();
  }
}
