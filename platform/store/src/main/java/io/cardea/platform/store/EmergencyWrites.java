package io.cardea.platform.store;

import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.emergency.Emergency;
import io.cardea.life.rotation.emergency.Emergency.Target;
import io.cardea.life.rotation.emergency.EmergencyChange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes emergencies.
final class EmergencyWrites {
  private final Connection connection;

  EmergencyWrites(Connection connection) {
    this.connection = connection;
  }

  /// @return whether it fits
  boolean write(EmergencyChange change) throws SQLException {
    return switch (change) {
      case EmergencyChange.BeginEmergency(var emergency) -> begin(emergency);
      case EmergencyChange.StepEmergency step -> step(step);
    };
  }

  private boolean begin(Emergency emergency) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into emergency (id, of_authority, since, why, actor, begun_at, deadline,
              campaign, ordered, followed, closing, state, %s)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, %s)
            """
                .formatted(SelectionColumns.NAMES, SelectionColumns.PLACES))) {
      statement.setObject(1, emergency.id());
      statement.setBoolean(2, emergency.target() instanceof Target.OfAuthority);
      statement.setObject(3, time(emergency.since()));
      statement.setString(4, emergency.why());
      statement.setString(5, emergency.actor());
      statement.setObject(6, emergency.begunAt().atOffset(ZoneOffset.UTC));
      statement.setObject(7, time(emergency.deadline()));
      statement.setObject(8, emergency.campaign().orElse(null));
      statement.setObject(9, emergency.order().orElse(null));
      statement.setLong(10, emergency.followed());
      statement.setBoolean(11, emergency.closing());
      statement.setString(12, emergency.state().word());
      SelectionColumns.set(
          statement,
          13,
          switch (emergency.target()) {
            case Target.OfAuthority(var authority) -> Selection.issuedBy(authority.value());
            case Target.OfDevices(var selection) -> selection;
          });
      return statement.executeUpdate() == 1;
    }
  }

  private boolean step(EmergencyChange.StepEmergency step) throws SQLException {
    Emergency to = step.to();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update emergency set ordered = ?, followed = ?, closing = ?, state = ?, ended_at = ?
            where id = ? and state = 'running' and ordered is not distinct from ?
            """)) {
      statement.setObject(1, to.order().orElse(null));
      statement.setLong(2, to.followed());
      statement.setBoolean(3, to.closing());
      statement.setString(4, to.state().word());
      statement.setObject(5, time(to.endedAt()));
      statement.setObject(6, to.id());
      statement.setObject(7, step.seen().orElse(null));
      return statement.executeUpdate() == 1;
    }
  }

  private static @Nullable OffsetDateTime time(Optional<Instant> at) {
    return at.map(instant -> instant.atOffset(ZoneOffset.UTC)).orElse(null);
  }
}
