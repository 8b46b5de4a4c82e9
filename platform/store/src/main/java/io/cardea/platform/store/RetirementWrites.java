package io.cardea.platform.store;

import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.RotationChange.LookAgain;
import io.cardea.life.rotation.RotationChange.RevokeUnknown;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Keeps the small table of what is retiring in step with the credentials, for the timer of R3.
final class RetirementWrites {
  private final Connection connection;

  RetirementWrites(Connection connection) {
    this.connection = connection;
  }

  /// After the credentials themselves were updated.
  void follow(List<Written.Update> updates) throws SQLException {
    List<Written.Update> begun = new ArrayList<>();
    List<Written.Update> over = new ArrayList<>();
    List<Written.Update> used = new ArrayList<>();
    for (Written.Update update : updates) {
      CredentialState state = update.state();
      if (state == CredentialState.RETIRING) {
        begun.add(update);
      } else if (state != null) {
        over.add(update);
      } else if (update.used() != null) {
        used.add(update);
      }
    }
    begin(begun);
    prolong(used);
    end(over);
  }

  private void begin(List<Written.Update> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<Written.Update> statement =
        new Unnest<>(
            connection,
            """
            insert into retiring (credential, device, slot, class, counted_from)
            select c.id, c.device, c.slot, d.class, greatest(c.since, c.last_used_at)
            from unnest(?) as u(id) join credential c on c.id = u.id
            join device d on d.id = c.device
            on conflict (credential) do update set counted_from = excluded.counted_from
            """,
            rows)) {
      statement.uuid(row -> row.id().value()).run();
    }
  }

  /// Nothing happens for those that are not retiring.
  private void prolong(List<Written.Update> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<Written.Update> statement =
        new Unnest<>(
            connection,
            """
            update retiring r set counted_from = greatest(r.counted_from, %s)
            from unnest(?, ?) as u(id, used) where r.credential = u.id
            """
                .formatted(Unnest.time("u.used")),
            rows)) {
      statement.uuid(row -> row.id().value()).time(Written.Update::used).run();
    }
  }

  /// What it waited for has changed: it counts from where it always did.
  void lookAgain(List<LookAgain> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<LookAgain> statement =
        new Unnest<>(
            connection,
            """
            update retiring r set counted_from = greatest(c.since, c.last_used_at)
            from unnest(?) as u(id) join credential c on c.id = u.id where r.credential = u.id
            """,
            rows)) {
      statement.uuid(row -> row.credential().value()).run();
    }
  }

  private void end(List<Written.Update> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<Written.Update> statement =
        new Unnest<>(
            connection,
            "delete from retiring r using unnest(?) as u(id) where r.credential = u.id",
            rows)) {
      statement.uuid(row -> row.id().value()).run();
    }
  }

  /// Of what the inventory does not hold: on the first list of its authority.
  void revokeUnknown(List<RevokeUnknown> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<RevokeUnknown> statement =
        new Unnest<>(
            connection,
            """
            insert into revocation
              (credential, authority, shard, serial, reason, revoked_at, not_after)
            select u.id, u.authority, 0, u.serial, u.reason, %s, %s
            from unnest(?, ?, ?, ?, ?, ?) as u(id, authority, serial, reason, revoked, not_after)
            on conflict (credential) do nothing
            """
                .formatted(Unnest.time("u.revoked"), Unnest.time("u.not_after")),
            rows)) {
      statement
          .uuid(row -> row.credential().value())
          .text(RevokeUnknown::authority)
          .bytes(row -> row.serial().toByteArray())
          .number(row -> row.reason().code())
          .time(RevokeUnknown::at)
          .time(RevokeUnknown::notAfter)
          .run();
    }
  }
}
