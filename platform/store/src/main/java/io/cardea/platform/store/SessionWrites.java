package io.cardea.platform.store;

import io.cardea.life.sessions.SessionChange.EndSession;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// What decisions do to sessions. Whoever marks one leaves alone those that another holds at that
/// moment: they are being closed, or marked.
final class SessionWrites {
  private final Connection connection;

  SessionWrites(Connection connection) {
    this.connection = connection;
  }

  /// Sessions of this device have to end.
  record OfDevice(String device, Instant at) {}

  /// Sessions that depend on this credential have to end.
  record OfCredential(UUID credential, Instant at) {}

  void endThoseOfDevices(List<OfDevice> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<OfDevice> statement = new Unnest<>(connection, ending("e.device = u.name"), rows)) {
      statement.text(OfDevice::device).time(OfDevice::at).run();
    }
  }

  void endThoseOfCredentials(List<OfCredential> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (Unnest<OfCredential> statement =
        new Unnest<>(connection, ending("e.credential = u.name"), rows)) {
      statement.uuid(OfCredential::credential).time(OfCredential::at).run();
    }
  }

  private static String ending(String which) {
    return """
    with theirs as materialized (
      select e.audience, e.incarnation, e.id, %s as at from unnest(?, ?) as u(name, at_micros)
      join session e on %s
      where e.ending_since is null
      for update of e skip locked
    )
    update session e set ending_since = t.at from theirs t
    where e.audience = t.audience and e.incarnation = t.incarnation and e.id = t.id
    """
        .formatted(Unnest.time("u.at_micros"), which);
  }

  /// @return those that were there
  Set<EndSession> end(List<EndSession> unordered) throws SQLException {
    List<EndSession> rows =
        unordered.stream()
            .sorted(
                Comparator.comparing((EndSession row) -> row.reporter().audience())
                    .thenComparing(row -> row.reporter().incarnation())
                    .thenComparing(EndSession::id))
            .toList();
    try (Unnest<EndSession> statement =
        new Unnest<>(
            connection,
            """
            with gone as (
              delete from session e using unnest(?, ?, ?) as u(audience, incarnation, id)
              where e.audience = u.audience and e.incarnation = u.incarnation and e.id = u.id
              returning e.audience, e.incarnation, e.id, e.credential
            ), %s
            select audience, incarnation, id from gone
            """
                .formatted(AGAIN),
            rows)) {
      return statement
          .text(row -> row.reporter().audience())
          .text(row -> row.reporter().incarnation())
          .text(EndSession::id)
          .returning(row ->
              new EndSession(
                  new io.cardea.life.sessions.Reporter(row.getString(1), row.getString(2)),
                  row.getString(3)));
    }
  }

  /// Beside a `gone` with the credentials of sessions that are over: what retires among them is
  /// looked at again once its overlap is over (R3), if nobody else is at it.
  static final String AGAIN =
      """
      freed as materialized (
        select r.credential from retiring r where r.credential in (select credential from gone)
        for update skip locked
      ), again as (
        update retiring r set counted_from = greatest(c.since, c.last_used_at)
        from freed f join credential c on c.id = f.credential where r.credential = f.credential
      )
      """;
}
