package io.cardea.platform.store;

import io.cardea.life.rotation.calendar.CalendarChange;
import io.cardea.life.rotation.calendar.RenewalPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Writes what the calendar is made from.
final class CalendarWrites {
  private final Connection connection;

  CalendarWrites(Connection connection) {
    this.connection = connection;
  }

  /// Asks for a new calendar.
  static void ask(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("update calendar set asked = asked + 1")) {
      statement.executeUpdate();
    }
  }

  /// @return whether it fits
  boolean write(CalendarChange change) throws SQLException {
    ask(connection);
    return switch (change) {
      case CalendarChange.SavePolicy(var policy) -> {
        save(policy);
        yield true;
      }
      case CalendarChange.RemovePolicy(var name) -> {
        try (PreparedStatement statement =
            connection.prepareStatement("delete from renewal_policy where name = ?")) {
          statement.setString(1, name);
          yield statement.executeUpdate() == 1;
        }
      }
      case CalendarChange.SetRate(var perMinute) -> {
        try (PreparedStatement statement =
            connection.prepareStatement("update calendar set per_minute = ?")) {
          statement.setInt(1, perMinute);
          yield statement.executeUpdate() == 1;
        }
      }
    };
  }

  private void save(RenewalPolicy policy) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into renewal_policy
              (name, class, label_name, label_value, starts, spread, blackouts)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (name) do update set class = excluded.class,
              label_name = excluded.label_name, label_value = excluded.label_value,
              starts = excluded.starts, spread = excluded.spread, blackouts = excluded.blackouts
            """)) {
      statement.setString(1, policy.name());
      statement.setString(2, policy.deviceClass());
      statement.setString(3, policy.label().map(RenewalPolicy.Label::name).orElse(null));
      statement.setString(4, policy.label().map(RenewalPolicy.Label::value).orElse(null));
      statement.setInt(5, policy.from());
      statement.setInt(6, policy.spread());
      statement.setArray(
          7,
          connection.createArrayOf(
              "text", policy.blackouts().stream().map(RenewalPolicy.Blackout::toString).toArray()));
      statement.executeUpdate();
    }
  }
}
