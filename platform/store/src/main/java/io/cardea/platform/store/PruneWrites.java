package io.cardea.platform.store;

import io.cardea.life.rotation.RotationChange.Pruned;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Deletes credentials and what belongs to them. The bindings of their keys stay.
///
/// A state that changed since it was seen is the sign that somebody else stepped the slot: the row
/// stays, and its decision is stale. A revocation goes only at the position that was seen.
final class PruneWrites {
  private static final String SQL =
      """
      with wanted as (
        select * from unnest(?, ?, ?) as u(id, state, position)
      ), gone as (
        delete from credential c using wanted w where c.id = w.id and c.state = w.state
        returning c.id, w.position
      ), certificates as (
        delete from certificate t using gone g where t.credential = g.id
      ), secrets as (
        delete from secret t using gone g where t.credential = g.id
      ), retired as (
        delete from retiring t using gone g where t.credential = g.id
      ), listed as (
        delete from revocation t using gone g
        where t.credential = g.id and t.position = g.position
      )
      select id from gone
      """;

  private final Connection connection;

  PruneWrites(Connection connection) {
    this.connection = connection;
  }

  /// @return those that were there
  Set<UUID> prune(List<Pruned> rows) throws SQLException {
    try (Unnest<Pruned> statement = new Unnest<>(connection, SQL, rows)) {
      return statement
          .uuid(row -> row.credential().value())
          .text(row -> row.state().word())
          .number(row -> row.position().orElse(-1))
          .returning(row -> row.getObject(1, UUID.class));
    }
  }
}
