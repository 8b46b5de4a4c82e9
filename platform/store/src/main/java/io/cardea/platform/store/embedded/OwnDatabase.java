package io.cardea.platform.store.embedded;

import io.cardea.platform.store.DatabaseAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The database of Cardea in its own cluster, which `initdb` does not make.
final class OwnDatabase {

  private OwnDatabase() {}

  /// Connects once, so that a wrong password shows at the start and not at the first request.
  ///
  /// @param maintenance the database that every cluster has
  static void ensure(DatabaseAddress maintenance, String name) {
    try (Connection connection = maintenance.dataSource().getConnection();
        PreparedStatement known =
            connection.prepareStatement("select 1 from pg_database where datname = ?")) {
      known.setString(1, name);
      boolean exists;
      try (ResultSet rows = known.executeQuery()) {
        exists = rows.next();
      }
      if (!exists) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("create database " + name);
        }
      }
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  private static StoreStartException refused(SQLException e) {
    return new StoreStartException(
        "PostgreSQL runs but refuses the connection ("
            + e.getMessage()
            + "): was its password file changed?",
        e);
  }
}
