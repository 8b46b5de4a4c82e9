package io.cardea.platform.store;

import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Revocations.Revoked;
import io.cardea.life.pki.Revocations.Shard;
import io.cardea.life.pki.Shards;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// What revocation lists are made of, and the lists themselves.
final class RevocationReads {
  /// The columns of [#revoked].
  static final String REVOKED =
      "position, serial, revoked_at, reason, invalid_since, not_after, moved," + " released";

  private final Jdbi jdbi;

  RevocationReads(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  Optional<Shard> shard(AuthorityId authority, int shard) {
    return answered(() ->
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    """
                    select position, number, this_update, next_update, listed, der from crl_shard
                    where authority = :authority and shard = :shard
                    """)
                .bind("authority", authority.value())
                .bind("shard", shard)
                .map((row, context) -> shard(row))
                .findOne()));
  }

  private static Shard shard(ResultSet row) throws SQLException {
    byte[] der = row.getBytes("der");
    return new Shard(
        row.getLong("position"),
        der == null
            ? Optional.empty()
            : Optional.of(
                new Listed(
                    row.getLong("number"),
                    Mappers.time(row, "this_update"),
                    Mappers.time(row, "next_update"),
                    row.getLong("listed"),
                    der)));
  }

  List<Revoked> revoked(AuthorityId authority, int shard, long after, int limit) {
    return answered(() ->
        jdbi.withHandle(handle ->
            handle
                .createQuery(
                    "select "
                        + REVOKED
                        + " from revocation where authority = :authority and shard = :shard"
                        + " and position > :after order by position limit :limit")
                .bind("authority", authority.value())
                .bind("shard", shard)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> revoked(row))
                .list()));
  }

  static Revoked revoked(ResultSet row) throws SQLException {
    return new Revoked(
        row.getLong("position"),
        new BigInteger(row.getBytes("serial")),
        Mappers.time(row, "revoked_at"),
        row.getInt("reason"),
        Mappers.optionalTime(row, "invalid_since"),
        Mappers.time(row, "not_after"),
        row.getBoolean("moved"),
        row.getBoolean("released"));
  }

  boolean publish(AuthorityId authority, int shard, long before, Listed next) {
    return answered(() ->
        jdbi.withHandle(handle ->
            handle
                    .createUpdate(
                        """
                        insert into crl_shard as s (authority, shard, opened_at, number,
                          this_update, next_update, listed, der)
                        values (:authority, :shard, :this, :number, :this, :next, :listed, :der)
                        on conflict (authority, shard) do update
                          set number = excluded.number, this_update = excluded.this_update,
                            next_update = excluded.next_update, listed = excluded.listed,
                            der = excluded.der
                          where s.number = :before
                        """)
                    .bind("authority", authority.value())
                    .bind("shard", shard)
                    .bind("number", next.number())
                    .bind("this", next.thisUpdate())
                    .bind("next", next.nextUpdate())
                    .bind("listed", next.through())
                    .bind("der", next.der())
                    .bind("before", before)
                    .execute()
                == 1));
  }

  int count(AuthorityId authority, Map<Integer, Long> issued, Instant now) {
    return answered(() ->
        jdbi.inTransaction(handle -> {
          for (var each : new java.util.TreeMap<>(issued).entrySet()) {
            handle
                .createUpdate(
                    """
                    insert into crl_shard as s (authority, shard, issued, opened_at)
                    values (:authority, :shard, :issued, :now)
                    on conflict (authority, shard) do update set issued = s.issued + excluded.issued
                    """)
                .bind("authority", authority.value())
                .bind("shard", each.getKey())
                .bind("issued", each.getValue())
                .bind("now", now)
                .execute();
          }
          // The row of the newest one is locked, so that of two replicas one opens the next.
          handle
              .createUpdate(
                  """
                  insert into crl_shard (authority, shard, opened_at)
                  select newest.authority, newest.shard + 1, :now
                  from (select authority, shard, issued from crl_shard where authority = :authority
                        order by shard desc limit 1 for update) newest
                  where newest.issued >= :full and newest.shard < :last
                  on conflict (authority, shard) do nothing
                  """)
              .bind("authority", authority.value())
              .bind("now", now)
              .bind("full", Shards.FULL)
              .bind("last", Shards.MAX_SHARD)
              .execute();
          return handle
              .createQuery(
                  "select coalesce(max(shard), 0) from crl_shard where authority = :authority")
              .bind("authority", authority.value())
              .mapTo(Integer.class)
              .one();
        }));
  }

  private static <T> T answered(Supplier<T> query) {
    try {
      return query.get();
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }
}
