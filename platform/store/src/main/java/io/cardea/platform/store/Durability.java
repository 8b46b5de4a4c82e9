package io.cardea.platform.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// What the database does to keep what it said it kept, as its own sessions of ours see it.
public record Durability(
    String fsync, String synchronousCommit, String fullPageWrites, boolean hasSynchronousStandbys) {

  static Durability of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                select current_setting('fsync'), current_setting('synchronous_commit'),
                       current_setting('full_page_writes'),
                       current_setting('synchronous_standby_names') <> ''
                """)) {
      row.next();
      return new Durability(
          row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4));
    }
  }

  /// Whether a commit that was acknowledged is durable on every node that could be promoted (P4).
  public boolean isSufficient() {
    boolean commit =
        switch (synchronousCommit) {
          case "on", "remote_apply" -> true;
          case "local", "remote_write" -> !hasSynchronousStandbys;
          default -> false;
        };
    return commit && fsync.equals("on") && fullPageWrites.equals("on");
  }

  @Override
  public String toString() {
    return "fsync="
        + fsync
        + " synchronous_commit="
        + synchronousCommit
        + " full_page_writes="
        + fullPageWrites;
  }
}
