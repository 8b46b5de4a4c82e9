package io.cardea.platform.store;

import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Scope;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.plan.Plan;
import io.cardea.life.rotation.plan.Plan.Loss;
import io.cardea.life.rotation.plan.PlanChange;
import io.cardea.life.rotation.plan.PlannedChange;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes plans.
final class PlanWrites {
  private final Connection connection;

  PlanWrites(Connection connection) {
    this.connection = connection;
  }

  /// @return whether it fits
  boolean write(PlanChange change) throws SQLException {
    return switch (change) {
      case PlanChange.SavePlan(var plan) -> {
        save(plan);
        losses(plan);
        yield true;
      }
      case PlanChange.MovePlan(var from, var to) -> {
        boolean moved = move(from, to);
        if (moved) {
          losses(to);
        }
        yield moved;
      }
    };
  }

  private void save(Plan plan) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into plan (id, kind, subject, reason, longest_silence_ms, grace_ms, actor, why,
              made_at, impact_devices, state, %s)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, %s)
            """
                .formatted(SelectionColumns.NAMES, SelectionColumns.PLACES))) {
      statement.setObject(1, plan.id());
      statement.setString(2, plan.change().word());
      statement.setString(3, plan.change().subject());
      statement.setString(
          4,
          plan.change() instanceof PlannedChange.Revoke(var _, var reason) ? reason.name() : null);
      PlannedChange.ChangeClass terms =
          plan.change() instanceof PlannedChange.ChangeClass its ? its : null;
      statement.setObject(5, terms == null ? null : terms.longestSilence().toMillis());
      statement.setObject(6, terms == null ? null : terms.grace().toMillis());
      statement.setString(7, plan.actor());
      statement.setString(8, plan.why());
      statement.setObject(9, plan.madeAt().atOffset(ZoneOffset.UTC));
      statement.setLong(10, plan.impact().devices());
      statement.setString(11, plan.state().word());
      SelectionColumns.set(statement, 12, selection(plan.change()));
      statement.executeUpdate();
    }
  }

  /// What a change selects; one that is about a name alone is kept by that.
  private static Selection selection(PlannedChange change) {
    return switch (change) {
      case PlannedChange.Revoke(var selection, var _) -> selection;
      case PlannedChange.RemoveAuthority(var authority) -> Selection.issuedBy(authority.value());
      case PlannedChange.RemoveAudience _, PlannedChange.ChangeClass _ ->
          new Selection(
              Scope.ALL,
              Optional.of(change.subject()),
              Optional.empty(),
              Optional.empty(),
              Map.of(),
              Optional.empty(),
              List.<DeviceId>of());
    };
  }

  private boolean move(Plan.State from, Plan to) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update plan set state = ?, ended_at = ?, outcome = ?, impact_devices = ?
            where id = ? and state = ?
            """)) {
      statement.setString(1, to.state().word());
      statement.setObject(2, to.endedAt().map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
      statement.setString(3, to.outcome());
      statement.setLong(4, to.impact().devices());
      statement.setObject(5, to.id());
      statement.setString(6, from.word());
      return statement.executeUpdate() == 1;
    }
  }

  private void losses(Plan plan) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("delete from plan_loss where plan = ?")) {
      statement.setObject(1, plan.id());
      statement.executeUpdate();
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into plan_loss (plan, place, class, cause, days, devices, healthy, example)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      int place = 0;
      for (Loss loss : plan.impact().losses()) {
        statement.setObject(1, plan.id());
        statement.setInt(2, place++);
        statement.setString(3, loss.deviceClass());
        statement.setString(4, loss.cause());
        statement.setInt(5, loss.days());
        statement.setLong(6, loss.devices());
        statement.setLong(7, loss.healthy());
        statement.setString(8, loss.example());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }
}
