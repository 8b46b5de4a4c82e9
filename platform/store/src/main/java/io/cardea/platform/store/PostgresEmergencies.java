package io.cardea.platform.store;

import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.emergency.Emergencies;
import io.cardea.life.rotation.emergency.Emergency;
import io.cardea.life.rotation.emergency.Emergency.Target;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Emergencies, on PostgreSQL.
public final class PostgresEmergencies implements Emergencies {
  private final Jdbi jdbi;

  /// The database stays the caller's to close.
  public PostgresEmergencies(Database database) {
    this.jdbi = database.jdbi();
  }

  @Override
  public Optional<Emergency> emergency(UUID id) {
    return answered(handle ->
        handle
            .createQuery("select * from emergency where id = :id")
            .bind("id", id)
            .map((row, context) -> emergency(row))
            .findOne());
  }

  @Override
  public List<Emergency> emergencies(Optional<UUID> before, int limit) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select * from emergency
                where :before::uuid is null or (begun_at, id) <
                  (select begun_at, id from emergency where id = :before)
                order by begun_at desc, id desc limit :limit
                """)
            .bind("before", before.orElse(null))
            .bind("limit", limit)
            .map((row, context) -> emergency(row))
            .list());
  }

  @Override
  public List<Emergency> runningEmergencies() {
    return answered(handle ->
        handle
            .createQuery("select * from emergency where state = 'running' order by begun_at, id")
            .map((row, context) -> emergency(row))
            .list());
  }

  private static Emergency emergency(ResultSet row) throws SQLException {
    Selection selection = SelectionColumns.read(row);
    return new Emergency(
        Mappers.uuid(row, "id"),
        row.getBoolean("of_authority")
            ? new Target.OfAuthority(new AuthorityId(selection.authority().orElseThrow()))
            : new Target.OfDevices(selection),
        Mappers.optionalTime(row, "since"),
        String.valueOf(row.getString("why")),
        String.valueOf(row.getString("actor")),
        Mappers.time(row, "begun_at"),
        Mappers.optionalTime(row, "deadline"),
        Optional.ofNullable(row.getObject("campaign", UUID.class)),
        Optional.ofNullable(row.getObject("ordered", UUID.class)),
        row.getLong("followed"),
        row.getBoolean("closing"),
        Emergency.State.valueOf(String.valueOf(row.getString("state")).toUpperCase(Locale.ROOT)),
        Mappers.optionalTime(row, "ended_at"));
  }

  @FunctionalInterface
  private interface Query<T> {
    T run(Handle handle);
  }

  private <T> T answered(Query<T> query) {
    try {
      return jdbi.withHandle(query::run);
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }
}
