package io.cardea.platform.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.function.LongSupplier;
import javax.sql.DataSource;

/// The three clocks that `DatabaseClock` compares: the database's, the host's and the monotonic
/// one.
record TimeSources(DatabaseTime database, InstantSource wall, LongSupplier monotonicNanos) {
  /// Asks the database what time it is.
  @FunctionalInterface
  interface DatabaseTime {
    Instant read() throws SQLException;
  }

  static TimeSources of(DataSource database) {
    return new TimeSources(() -> ask(database), InstantSource.system(), System::nanoTime);
  }

  private static Instant ask(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select clock_timestamp()")) {
      row.next();
      return Objects.requireNonNull(row.getObject(1, OffsetDateTime.class)).toInstant();
    }
  }
}
