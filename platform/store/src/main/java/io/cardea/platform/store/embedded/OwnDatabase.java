package io.cardea.platform.store.embedded;

import io.cardea.platform.store.DatabaseAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// The database of Cardea in its own cluster, which `initdb` does not make.
final class OwnDatabase {
  private static final String INVALID_CATALOG_NAME = "3D000";
  private static final String DUPLICATE_DATABASE = "42P04";

  private OwnDatabase() {}

  /// Connects once, so that a wrong password shows at the start and not at the first request.
  static void ensure(DatabaseAddress address, DatabaseAddress maintenance, String name) {
    try (Connection connection = address.dataSource().getConnection()) {
      connection.setReadOnly(true);
    } catch (SQLException e) {
      if (!INVALID_CATALOG_NAME.equals(e.getSQLState())) {
        throw refused(e);
      }
      create(maintenance, name);
    }
  }

  private static void create(DatabaseAddress maintenance, String name) {
    try (Connection connection = maintenance.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      if (!DUPLICATE_DATABASE.equals(e.getSQLState())) {
        throw refused(e);
      }
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
