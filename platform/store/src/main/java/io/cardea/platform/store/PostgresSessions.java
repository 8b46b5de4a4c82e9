package io.cardea.platform.store;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.sessions.OpenSessions;
import io.cardea.life.sessions.Reporter;
import io.cardea.life.sessions.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;

/// Open sessions, on PostgreSQL. Openings and closings go in groups: an enforcement point that
/// comes back brings all of its devices at once.
public final class PostgresSessions implements OpenSessions, AutoCloseable {
  private static final String OPEN =
      """
      with asked as materialized (
        select u.*, %s as opened
        from unnest(?, ?, ?, ?, ?, ?, ?, ?) with ordinality
          as u(audience, incarnation, id, device, slot, credential, opened_micros, version, ord)
      ), locked as materialized (
        select s.device, s.name, s.version
        from slot s join (select distinct device, slot from asked) a
          on s.device = a.device and s.name = a.slot
        order by s.device, s.name
        for share of s
      ), fitting as materialized (
        select a.*,
          exists (select 1 from session e where e.audience = a.audience
            and e.incarnation = a.incarnation and e.id = a.id) as known,
          (select count(*) from session e where e.device = a.device) as others
        from asked a join locked l
          on l.device = a.device and l.name = a.slot and l.version = a.version
      ), written as (
        insert into session (audience, incarnation, id, device, slot, credential, opened_at)
        select distinct on (audience, incarnation, id)
          audience, incarnation, id, device, slot, credential, opened
        from fitting where known or others < ?
        order by audience, incarnation, id, ord desc
        on conflict (audience, incarnation, id) do update
          set device = excluded.device, slot = excluded.slot, credential = excluded.credential,
            opened_at = excluded.opened_at, ending_since = null
          where session.credential <> excluded.credential
      )
      select a.ord, case when f.ord is null then 'STALE' when f.known or f.others < ? then 'OPEN'
        else 'TOO_MANY' end as opened
      from asked a left join fitting f using (ord)
      """
          .formatted(Unnest.time("u.opened_micros"));

  private static final String CLOSE =
      """
      with mine as materialized (
        select e.audience, e.incarnation, e.id, u.ord
        from unnest(?, ?, ?) with ordinality as u(audience, incarnation, id, ord)
        join session e
          on e.audience = u.audience and e.incarnation = u.incarnation and e.id = u.id
        where e.ending_since is null
        for update of e skip locked
      ), gone as (
        delete from session e using mine m
        where e.audience = m.audience and e.incarnation = m.incarnation and e.id = m.id
        returning e.credential, m.ord
      ), %s
      select ord from mine
      """
          .formatted(SessionWrites.AGAIN);

  private static final String CLOSE_ALL =
      """
      with mine as materialized (
        select id from session
        where audience = :audience and incarnation = :incarnation and ending_since is null
        order by id limit :limit
        for update skip locked
      ), gone as (
        delete from session e using mine m
        where e.audience = :audience and e.incarnation = :incarnation and e.id = m.id
        returning e.credential
      ), %s
      select count(*) from mine
      """
          .formatted(SessionWrites.AGAIN);

  private final Jdbi jdbi;
  private final GroupReads<Opening, Opened> openings;
  private final GroupReads<Closing, Boolean> closings;

  private record Opening(Session session, long version) {}

  private record Closing(Reporter reporter, String id) {}

  /// The database stays the caller's to close, after this.
  ///
  /// @param patience how long a caller waits
  public PostgresSessions(Database database, Duration patience) {
    this.jdbi = database.jdbi();
    this.openings =
        new GroupReads<>(
            "session-opener",
            database.doorDataSource(),
            PostgresSessions::open,
            1,
            patience,
            StoreListener.NONE);
    this.closings =
        new GroupReads<>(
            "session-closer",
            database.doorDataSource(),
            PostgresSessions::close,
            1,
            patience,
            StoreListener.NONE);
  }

  @Override
  public Opened open(Session session, long slotVersion) {
    return openings.read(new Opening(session, slotVersion));
  }

  private static List<Opened> open(Connection connection, List<Opening> asked) throws SQLException {
    List<Opened> answers = new ArrayList<>();
    asked.forEach(_ -> answers.add(Opened.STALE));
    try (Unnest<Opening> statement = new Unnest<>(connection, OPEN, asked)) {
      statement
          .text(row -> row.session().reporter().audience())
          .text(row -> row.session().reporter().incarnation())
          .text(row -> row.session().id())
          .text(row -> row.session().slot().device().value())
          .text(row -> row.session().slot().name())
          .uuid(row -> row.session().credential().value())
          .time(row -> row.session().openedAt())
          .number(Opening::version)
          .value(Session.MOST_OF_A_DEVICE)
          .value(Session.MOST_OF_A_DEVICE);
      try (ResultSet row = statement.query()) {
        while (row.next()) {
          answers.set(row.getInt("ord") - 1, Opened.valueOf(row.getString("opened")));
        }
      }
    }
    return answers;
  }

  @Override
  public boolean close(Reporter reporter, String id) {
    return closings.read(new Closing(reporter, id));
  }

  private static List<Boolean> close(Connection connection, List<Closing> asked)
      throws SQLException {
    Map<Closing, Integer> places = new HashMap<>();
    List<Closing> distinct = asked.stream().distinct().toList();
    for (int i = 0; i < distinct.size(); i++) {
      places.put(distinct.get(i), i);
    }
    boolean[] gone = new boolean[distinct.size()];
    try (Unnest<Closing> statement = new Unnest<>(connection, CLOSE, distinct)) {
      statement
          .text(row -> row.reporter().audience())
          .text(row -> row.reporter().incarnation())
          .text(Closing::id);
      try (ResultSet row = statement.query()) {
        while (row.next()) {
          gone[row.getInt("ord") - 1] = true;
        }
      }
    }
    return asked.stream().map(each -> gone[places.getOrDefault(each, 0)]).toList();
  }

  @Override
  public int closeAll(Reporter reporter, int limit) {
    return count(
        CLOSE_ALL,
        Map.of(
            "audience", reporter.audience(),
            "incarnation", reporter.incarnation(),
            "limit", bounded(limit)));
  }

  @Override
  public Optional<Session> session(Reporter reporter, String id) {
    return list(
            """
            select * from session
            where audience = :audience and incarnation = :incarnation and id = :id
            """,
            Map.of(
                "audience", reporter.audience(), "incarnation", reporter.incarnation(), "id", id),
            PostgresSessions::session)
        .stream()
        .findFirst();
  }

  @Override
  public List<Session> toEnd(Reporter reporter, int limit) {
    return list(
        """
        select * from session
        where audience = :audience and incarnation = :incarnation and ending_since is not null
        order by ending_since limit :limit
        """,
        Map.of(
            "audience", reporter.audience(),
            "incarnation", reporter.incarnation(),
            "limit", bounded(limit)),
        PostgresSessions::session);
  }

  @Override
  public List<Session> sessionsOf(DeviceId device) {
    return list(
        "select * from session where device = :device order by opened_at, id limit :limit",
        Map.of("device", device.value(), "limit", Session.MOST_OF_A_DEVICE),
        PostgresSessions::session);
  }

  @Override
  public void renew(Reporter reporter, Instant until) {
    int _ =
        count(
            """
            with renewed as (
              insert into session_reporter as r (audience, incarnation, until, fresh)
              values (:audience, :incarnation, :until, true)
              on conflict (audience, incarnation) do update
                set until = greatest(r.until, excluded.until)
              returning 1)
            select count(*) from renewed
            """,
            until(reporter, until));
  }

  @Override
  public boolean heard(Reporter reporter, Instant until) {
    return count(
            """
            with known as materialized (
              select 1 from session_reporter
              where audience = :audience and incarnation = :incarnation and not fresh
            ), renewed as (
              insert into session_reporter as r (audience, incarnation, until, fresh)
              values (:audience, :incarnation, :until, false)
              on conflict (audience, incarnation) do update
                set until = greatest(r.until, excluded.until), fresh = false
            )
            select count(*) from known
            """,
            until(reporter, until))
        == 1;
  }

  private static Map<String, ?> until(Reporter reporter, Instant until) {
    return Map.of(
        "audience", reporter.audience(),
        "incarnation", reporter.incarnation(),
        "until", until.atOffset(ZoneOffset.UTC));
  }

  @Override
  public List<Reporter> silent(Instant now, int limit) {
    return list(
        "select * from session_reporter where until < :now order by until limit :limit",
        Map.of("now", now.atOffset(ZoneOffset.UTC), "limit", bounded(limit)),
        PostgresSessions::reporter);
  }

  /// One that spoke meanwhile, and has sessions again, is told to tell of all of them.
  @Override
  public void forget(Reporter reporter) {
    int _ =
        count(
            """
            with gone as (
              delete from session_reporter r
              where audience = :audience and incarnation = :incarnation and not exists (
                select 1 from session e
                where e.audience = r.audience and e.incarnation = r.incarnation)
              returning 1
            ), kept as (
              update session_reporter r set fresh = true
              where audience = :audience and incarnation = :incarnation and exists (
                select 1 from session e
                where e.audience = r.audience and e.incarnation = r.incarnation)
              returning 1
            )
            select (select count(*) from gone) + (select count(*) from kept)
            """,
            Map.of("audience", reporter.audience(), "incarnation", reporter.incarnation()));
  }

  private static Reporter reporter(ResultSet row) throws SQLException {
    return new Reporter(row.getString("audience"), row.getString("incarnation"));
  }

  private static Session session(ResultSet row) throws SQLException {
    return new Session(
        reporter(row),
        row.getString("id"),
        new SlotId(new DeviceId(row.getString("device")), row.getString("slot")),
        new CredentialId(Mappers.uuid(row, "credential")),
        Mappers.time(row, "opened_at"),
        Mappers.optionalTime(row, "ending_since"));
  }

  private static int bounded(int limit) {
    if (limit < 1 || limit > Inventory.MAX_PAGE) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + Inventory.MAX_PAGE + ")");
    }
    return limit;
  }

  @FunctionalInterface
  private interface Row<T> {
    T map(ResultSet row) throws SQLException;
  }

  private int count(String sql, Map<String, ?> values) {
    return list(sql, values, row -> row.getInt(1)).getFirst();
  }

  private <T> List<T> list(String sql, Map<String, ?> values, Row<T> mapper) {
    try {
      return jdbi.withHandle(handle -> {
        try (Query query = handle.createQuery(sql)) {
          return query.bindMap(values).map((row, context) -> mapper.map(row)).list();
        }
      });
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  @Override
  public void close() {
    openings.close();
    closings.close();
  }
}
