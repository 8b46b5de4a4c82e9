package io.cardea.platform.store;

import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.RotationChange.EndMassRevocation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes orders to revoke many.
final class MassRevocationWrites {
  private final Connection connection;

  MassRevocationWrites(Connection connection) {
    this.connection = connection;
  }

  void begin(MassRevocationOrder order) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into mass_revocation (id, actor, reason, since, why, devices_meant,
              credentials_meant, healthy_meant, begun_at, spares, %s)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, %s)
            """
                .formatted(SelectionColumns.NAMES, SelectionColumns.PLACES))) {
      statement.setObject(1, order.id());
      statement.setString(2, order.actor());
      statement.setString(3, order.reason().name());
      statement.setObject(4, time(order.since()));
      statement.setString(5, order.why());
      statement.setLong(6, order.extent().devices());
      statement.setLong(7, order.extent().credentials());
      statement.setLong(8, order.extent().healthy());
      statement.setObject(9, order.begunAt().atOffset(ZoneOffset.UTC));
      statement.setBoolean(10, order.spares());
      SelectionColumns.set(statement, 11, order.selection());
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
}
