package io.cardea.platform.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// The versions of the schema, and the mark of a database that is not whole yet.
public final class Schema {
  /// Where the migrations of this release are on the class path.
  static final String MIGRATIONS = "classpath:db/migration";

  /// A schema of this name is there from before the first write of a restore until after its last.
  private static final String MARK = "cardea_restoring";

  /// What a server says first on every new connection: an error, when a restore began since it
  /// started. So one that was out of reach of its database then does not go on in the middle of it.
  static final String REFUSES_WHILE_RESTORING =
      """
      do $$ begin
        if to_regnamespace('%s') is not null then
          raise exception 'this database is half restored';
        end if;
      end $$
      """
          .formatted(MARK);

  private Schema() {}

  /// Migrates to the newest version, or to an older one.
  ///
  /// @throws DatabaseUnusableException with one line that says what to do
  public static void migrate(DatabaseAddress address, Optional<String> version) {
    migrate(address, version, MIGRATIONS);
  }

  /// A release that is one behind runs on the schema of the next one, so migrations that it does
  /// not know are none of its business; replicas that start together wait for each other.
  static void migrate(DatabaseAddress address, Optional<String> version, String... locations) {
    try {
      FluentConfiguration configuration = configuration(address, locations);
      version.ifPresent(configuration::target);
      configuration.load().migrate();
    } catch (FlywayException e) {
      throw new DatabaseUnusableException(
          "the schema of " + address + " was not migrated (" + e.getMessage() + ")", e);
    }
  }

  /// Whether this release has a migration to that version.
  public static boolean knows(DatabaseAddress address, String version) {
    try {
      return Arrays.stream(configuration(address, MIGRATIONS).load().info().all())
          .filter(migration -> migration.getState().isResolved())
          .anyMatch(migration ->
              migration.getVersion() != null
                  && migration.getVersion().getVersion().equals(version));
    } catch (FlywayException e) {
      throw new DatabaseUnusableException(
          "the schema of " + address + " was not looked at (" + e.getMessage() + ")", e);
    }
  }

  private static FluentConfiguration configuration(DatabaseAddress address, String... locations) {
    return Flyway.configure(Schema.class.getClassLoader())
        .dataSource(address.dataSource())
        .locations(locations)
        .ignoreMigrationPatterns("*:future")
        .connectRetries(0);
  }

  /// Whether a restore has begun here and is not finished.
  public static boolean isBeingRestored(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select to_regnamespace('" + MARK + "') is not null")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  /// From now on no server starts here.
  public static void restoring(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("create schema if not exists " + MARK);
    }
  }

  /// From now on servers may start here.
  public static void restored(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop schema if exists " + MARK);
    }
  }
}
