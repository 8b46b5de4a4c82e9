package io.cardea.platform.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/// The nodes that follow the database now, and could be promoted.
///
/// A standby that is not connected just now is not seen: after a network split the synchronous one
/// is missing, and commits wait, which is what P4 asks for.
public final class Standbys {
  /// More would be no fail-over but a distribution network.
  private static final int MAX = 100;

  private final DataSource database;

  public Standbys(DataSource database) {
    this.database = database;
  }

  /// @param synchronous whether a commit waits for it
  public record Standby(String name, boolean synchronous) {}

  /// Those that stream everything, without readers of a logical slot.
  ///
  /// @param reporting names of those that nobody will ever promote
  /// @throws SQLException also when the database hides from this role how they follow
  public List<Standby> promotable(Set<String> reporting) throws SQLException {
    List<Standby> found = new ArrayList<>();
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                select r.application_name, r.state, r.sync_state
                from pg_stat_replication r
                where not exists (select 1 from pg_replication_slots s
                  where s.active_pid = r.pid and s.slot_type = 'logical')
                order by r.application_name, r.pid
                limit ?
                """)) {
      statement.setInt(1, MAX);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String name = row.getString("application_name");
          String state = row.getString("state");
          if (state == null) {
            throw new SQLException("how standbys follow is hidden: grant pg_monitor to this role");
          }
          // A base backup is no node yet.
          if (!state.equals("backup") && !reporting.contains(name)) {
            String sync = row.getString("sync_state");
            found.add(new Standby(name, sync.equals("sync") || sync.equals("quorum")));
          }
        }
      }
    }
    return found;
  }
}
