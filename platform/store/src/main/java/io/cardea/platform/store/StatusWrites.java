package io.cardea.platform.store;

import io.cardea.platform.store.Written.StatusChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Writes what became of certificates in the eyes of relying parties: revoked, on hold, released.
///
/// What is no certificate is in no list, and has no status but its state.
///
/// Each change takes the next position of its shard, and with it the lock of the shard's row until
/// the commit: positions become visible in their order. One statement locks all the shards that it
/// needs, in one order.
final class StatusWrites {
  /// Where replicas hear that the status of certificates changed.
  static final String CHANNEL = "cardea_status";

  /// A hold leaves alone what is revoked or held, and a lift leaves alone what is not on hold.
  private static final String SQL =
      """
      with wanted as (
        select c.id, c.authority, c.shard, c.serial, c.not_after, u.kind, u.reason, u.place,
          %s as at, %s as invalid_since
        from unnest(?, ?, ?, ?, ?) with ordinality as u(id, kind, reason, at, invalid, place)
        join credential c on c.id = u.id
      ), changed as (
        select w.*,
          row_number() over (partition by w.authority, w.shard order by w.place) as nth
        from wanted w left join revocation r on r.credential = w.id
        where w.authority <> '' and case w.kind
          when 'REVOKE' then true
          when 'HOLD' then r.credential is null or r.released
          else r.reason = 6 and not r.released end
      ), counted as (
        select authority, shard, count(*) as n, max(at) as at
        from changed group by authority, shard
      ), moved as (
        insert into crl_shard as s (authority, shard, opened_at, position)
        select authority, shard, at, n from counted order by authority, shard
        on conflict (authority, shard) do update
          set position = s.position + excluded.position, changed_in = pg_current_xact_id()
        returning authority, shard, position
      ), written as (
        insert into revocation as r (credential, authority, shard, serial, reason, revoked_at,
          invalid_since, not_after, position)
        select c.id, c.authority, c.shard, c.serial, c.reason, c.at, c.invalid_since, c.not_after,
          m.position - n.n + c.nth
        from changed c join counted n using (authority, shard) join moved m using (authority, shard)
        on conflict (credential) do update
          set position = excluded.position, moved = true,
            released = r.reason = 6 and excluded.reason = 6 and not r.released,
            reason = excluded.reason,
            revoked_at = case when excluded.revoked_at > timestamptz 'epoch'
              then excluded.revoked_at else r.revoked_at end,
            invalid_since = excluded.invalid_since
      )
      select id from wanted
      """
          .formatted(Unnest.time("u.at"), Unnest.time("u.invalid"));

  private final Connection connection;

  StatusWrites(Connection connection) {
    this.connection = connection;
  }

  /// @return the credentials that are there
  Set<UUID> write(List<StatusChange> changes) throws SQLException {
    Set<UUID> there;
    try (Unnest<StatusChange> statement = new Unnest<>(connection, SQL, changes)) {
      there =
          statement
              .uuid(change -> change.id().value())
              .text(change -> change.kind().name())
              .number(StatusChange::reason)
              .time(StatusChange::at)
              .time(StatusChange::invalidSince)
              .returning(row -> row.getObject(1, UUID.class));
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("notify " + CHANNEL); // heard by others when this commits
    }
    return there;
  }
}
