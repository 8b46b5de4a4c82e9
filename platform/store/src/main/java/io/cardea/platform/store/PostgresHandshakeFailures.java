package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import io.cardea.life.findings.FailedHandshakes;
import io.cardea.life.findings.HandshakeFailures;
import io.cardea.life.ledger.Commits.StoreFailure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Failed handshakes, on PostgreSQL.
public final class PostgresHandshakeFailures implements HandshakeFailures {
  private static final String COLUMNS =
      "source, reason, detail, shown, before, first_at, last_at, times";

  private final Jdbi jdbi;

  /// The database stays the caller's to close.
  public PostgresHandshakeFailures(Database database) {
    this.jdbi = database.jdbi();
  }

  /// In the order of their ids, so that two replicas never wait for each other's rows.
  @Override
  public void add(List<FailedHandshakes> failures) {
    List<FailedHandshakes> ordered =
        failures.stream().sorted(Comparator.comparing(PostgresHandshakeFailures::id)).toList();
    answered(handle -> {
      try (Unnest<FailedHandshakes> statement =
          new Unnest<>(
              handle.getConnection(),
              """
              insert into failed_handshake as known
                (id, source, reason, detail, shown, before, first_at, last_at, times, attributed)
              select id, source, reason, detail, shown, before, %s, %s, times,
                shown is not null or before is not null
              from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?) as
                its(id, source, reason, detail, shown, before, first_at, last_at, times)
              on conflict (id) do update set
                first_at = least(known.first_at, excluded.first_at),
                last_at = greatest(known.last_at, excluded.last_at),
                times = known.times + excluded.times
              """
                  .formatted(Unnest.time("first_at"), Unnest.time("last_at")),
              ordered)) {
        statement
            .uuid(PostgresHandshakeFailures::id)
            .text(FailedHandshakes::source)
            .text(FailedHandshakes::reason)
            .text(FailedHandshakes::detail)
            .fingerprint(one -> one.shown().orElse(null))
            .fingerprint(one -> one.before().orElse(null))
            .time(FailedHandshakes::first)
            .time(FailedHandshakes::last)
            .number(FailedHandshakes::times)
            .run();
      }
      return Optional.empty();
    });
  }

  @Override
  public List<FailedHandshakes> of(Set<Fingerprint> certificates, int limit) {
    byte[][] wanted = certificates.stream().map(Fingerprint::bytes).toArray(byte[][]::new);
    return answered(handle ->
        handle
            .createQuery(
                "select "
                    + COLUMNS
                    + " from failed_handshake where shown = any (:wanted)"
                    + " or before = any (:wanted) order by last_at desc limit :limit")
            .bindByType("wanted", wanted, byte[][].class)
            .bind("limit", bounded(limit))
            .map((row, context) -> failure(row))
            .list());
  }

  /// The newest of both kinds, each by the index.
  @Override
  public List<FailedHandshakes> newest(Optional<String> source, int limit) {
    String part =
        "(select "
            + COLUMNS
            + " from failed_handshake where attributed = %s order by last_at desc limit :limit)";
    String from =
        source.isPresent()
            ? "select " + COLUMNS + " from failed_handshake where source = :source"
            : part.formatted("true") + " union all " + part.formatted("false");
    return answered(handle -> {
      var query =
          handle
              .createQuery(from + " order by last_at desc limit :limit")
              .bind("limit", bounded(limit));
      source.ifPresent(its -> query.bind("source", its));
      return query.map((row, context) -> failure(row)).list();
    });
  }

  @Override
  public void forget(Instant oldest, int most) {
    answered(handle -> {
      for (boolean attributed : new boolean[] {true, false}) {
        handle
            .createUpdate(
                """
                delete from failed_handshake where attributed = :attributed and last_at < greatest(
                  :oldest, (select last_at from failed_handshake where attributed = :attributed
                    order by last_at desc offset :most - 1 limit 1))
                """)
            .bind("attributed", attributed)
            .bind("oldest", oldest.atOffset(ZoneOffset.UTC))
            .bind("most", most)
            .execute();
      }
      return Optional.empty();
    });
  }

  private static FailedHandshakes failure(ResultSet row) throws SQLException {
    return new FailedHandshakes(
        row.getString("source"),
        row.getString("reason"),
        row.getString("detail"),
        Optional.ofNullable(row.getBytes("shown")).map(Fingerprint::ofDigest),
        Optional.ofNullable(row.getBytes("before")).map(Fingerprint::ofDigest),
        Mappers.time(row, "first_at"),
        Mappers.time(row, "last_at"),
        row.getLong("times"));
  }

  private static UUID id(FailedHandshakes failure) {
    String kind =
        String.join(
            "\n",
            failure.source(),
            failure.reason(),
            failure.detail(),
            failure.shown().map(Fingerprint::toString).orElse("-"),
            failure.before().map(Fingerprint::toString).orElse("-"));
    ByteBuffer digest =
        ByteBuffer.wrap(Fingerprint.of(kind.getBytes(StandardCharsets.UTF_8)).bytes());
    return new UUID(digest.getLong(), digest.getLong());
  }

  private static int bounded(int limit) {
    if (limit < 1 || limit > MAX_READ) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_READ + ")");
    }
    return limit;
  }

  private <T> T answered(HandleCallback<T, SQLException> work) {
    try {
      return jdbi.withHandle(work);
    } catch (JdbiException | SQLException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }
}
