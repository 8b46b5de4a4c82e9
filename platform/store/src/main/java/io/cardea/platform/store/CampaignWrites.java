package io.cardea.platform.store;

import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.RotationChange.MoveCampaign;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;

/// Writes campaigns, and what they have to hear of.
final class CampaignWrites {
  private final Connection connection;

  CampaignWrites(Connection connection) {
    this.connection = connection;
  }

  void begin(Campaign campaign) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into campaign (id, actor, cause, why, canary, growth, per_minute, error_budget,
              patience_ms, devices_meant, healthy_meant, elsewhere_meant, begun_at, state, %s)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, %s)
            """
                .formatted(SelectionColumns.NAMES, SelectionColumns.PLACES))) {
      statement.setObject(1, campaign.id());
      statement.setString(2, campaign.actor());
      statement.setString(3, campaign.cause().word());
      statement.setString(4, campaign.why());
      statement.setInt(5, campaign.course().canary());
      statement.setInt(6, campaign.course().growth());
      statement.setInt(7, campaign.course().perMinute());
      statement.setInt(8, campaign.course().errorBudget());
      statement.setLong(9, campaign.course().patience().toMillis());
      statement.setLong(10, campaign.extent().devices());
      statement.setLong(11, campaign.extent().healthy());
      statement.setLong(12, campaign.extent().elsewhere());
      statement.setObject(13, campaign.begunAt().atOffset(ZoneOffset.UTC));
      statement.setString(14, campaign.state().word());
      SelectionColumns.set(statement, 15, campaign.selection());
      statement.executeUpdate();
    }
    CalendarWrites.ask(connection);
  }

  boolean move(MoveCampaign move) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update campaign set state = ?, halt = ?, forgiven = ?, ended_at = ?
            where id = ? and state = ?
            """)) {
      statement.setString(1, move.to().word());
      statement.setString(2, move.halt());
      statement.setLong(3, move.forgiven());
      statement.setObject(4, move.endedAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
      statement.setObject(5, move.campaign());
      statement.setString(6, move.from().word());
      if (statement.executeUpdate() != 1) {
        return false;
      }
    }
    CalendarWrites.ask(connection);
    return true;
  }

  /// Tells the campaigns of what was proven, after the credentials themselves were updated.
  void follow(List<Written.Update> updates) throws SQLException {
    List<Written.Update> proven = updates.stream().filter(Written.Update::first).toList();
    if (proven.isEmpty()) {
      return;
    }
    try (Unnest<Written.Update> statement =
        new Unnest<>(
            connection,
            """
            insert into campaign_proof (campaign, device, credential)
            select cd.campaign, cd.device, c.id
            from unnest(?) as u(id) join credential c on c.id = u.id
            join campaign_device cd on cd.device = c.device
            join campaign o on o.id = cd.campaign
            where cd.standing in ('called', 'late') and c.issued_at >= cd.called_at
              and c.slot = 'operational' and o.ended_at is null
              and (o.cause not in ('compromise', 'algorithm') or not exists (
                select 1 from credential old where old.device = c.device and old.slot = c.slot
                  and old.key = c.key and old.issued_at < cd.called_at))
            """,
            proven)) {
      statement.uuid(row -> row.id().value()).run();
    }
  }
}
