package io.cardea.platform.store;

import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Environment;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.RotationChange.EndMassRevocation;
import io.cardea.life.rotation.Selection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes orders to revoke many.
final class MassRevocationWrites {
  private final Connection connection;

  MassRevocationWrites(Connection connection) {
    this.connection = connection;
  }

  void begin(MassRevocationOrder order) throws SQLException {
    Selection selection = order.selection();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into mass_revocation (id, actor, reason, since, why, scope_classes,
              scope_environments, scope_owners, class, environment, owner, labels, authority,
              devices, devices_meant, credentials_meant, healthy_meant, begun_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      statement.setObject(1, order.id());
      statement.setString(2, order.actor());
      statement.setString(3, order.reason().name());
      statement.setObject(4, time(order.since()));
      statement.setString(5, order.why());
      texts(statement, 6, selection.scope().classes());
      texts(
          statement, 7, selection.scope().environments().stream().map(Environment::word).toList());
      texts(statement, 8, selection.scope().owners());
      statement.setString(9, selection.deviceClass().orElse(null));
      statement.setString(10, selection.environment().map(Environment::word).orElse(null));
      statement.setString(11, selection.owner().orElse(null));
      texts(statement, 12, Labels.toColumn(selection.labels()));
      statement.setString(13, selection.authority().orElse(null));
      texts(statement, 14, selection.devices().stream().map(DeviceId::value).toList());
      statement.setLong(15, order.extent().devices());
      statement.setLong(16, order.extent().credentials());
      statement.setLong(17, order.extent().healthy());
      statement.setObject(18, order.begunAt().atOffset(ZoneOffset.UTC));
      statement.executeUpdate();
    }
  }

  boolean end(EndMassRevocation end) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "update mass_revocation set ended_at = ? where id = ? and ended_at is null")) {
      statement.setObject(1, end.at().atOffset(ZoneOffset.UTC));
      statement.setObject(2, end.order());
      return statement.executeUpdate() == 1;
    }
  }

  private static @Nullable OffsetDateTime time(Optional<Instant> at) {
    return at.map(instant -> instant.atOffset(ZoneOffset.UTC)).orElse(null);
  }

  private void texts(PreparedStatement statement, int at, Collection<String> values)
      throws SQLException {
    statement.setArray(at, connection.createArrayOf("text", values.toArray()));
  }
}
