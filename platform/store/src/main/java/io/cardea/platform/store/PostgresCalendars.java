package io.cardea.platform.store;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.rotation.calendar.Calendar;
import io.cardea.life.rotation.calendar.Calendars;
import io.cardea.life.rotation.calendar.Forthcoming;
import io.cardea.life.rotation.calendar.RenewalPolicy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// The calendar, on PostgreSQL.
public final class PostgresCalendars implements Calendars {
  private static final int FETCH = 10_000;

  private final Jdbi jdbi;

  /// The database stays the caller's to close.
  public PostgresCalendars(Database database) {
    this.jdbi = database.jdbi();
  }

  @Override
  public Settings renewalSettings() {
    return answered(handle ->
        new Settings(
            handle.createQuery("select per_minute from calendar").mapTo(Integer.class).one(),
            handle
                .createQuery("select * from renewal_policy order by name")
                .map((row, context) -> policy(row))
                .list()));
  }

  private static RenewalPolicy policy(ResultSet row) throws SQLException {
    return new RenewalPolicy(
        String.valueOf(row.getString("name")),
        String.valueOf(row.getString("class")),
        Optional.ofNullable(row.getString("label_name"))
            .map(name -> new RenewalPolicy.Label(name, labelValue(row))),
        row.getInt("starts"),
        row.getInt("spread"),
        Stream.of(Mappers.texts(row, "blackouts")).map(RenewalPolicy.Blackout::parse).toList());
  }

  private static String labelValue(ResultSet row) {
    try {
      return String.valueOf(row.getString("label_value"));
    } catch (SQLException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  @Override
  public Stamp calendarStamp() {
    return answered(handle ->
        handle
            .createQuery("select asked, made_for, made_at from calendar")
            .map((row, context) ->
                new Stamp(
                    row.getLong("asked"),
                    row.getLong("made_for"),
                    Mappers.optionalTime(row, "made_at")))
            .one());
  }

  @Override
  public Optional<Calendar> calendar() {
    return answered(handle ->
        handle
            .createQuery("select made from calendar where made is not null")
            .mapTo(byte[].class)
            .findOne()
            .map(Calendar::decoded));
  }

  @Override
  public void forthcoming(List<RenewalPolicy> policies, Instant now, Consumer<Forthcoming> each) {
    Map<String, Object> values = new HashMap<>();
    String place = place(policies, values);
    try {
      jdbi.useTransaction(handle ->
          handle
              .createQuery(
                  """
                  select distinct on (c.device) c.id, c.issued_at, c.not_after, %s as policy
                  from credential c join device d on d.id = c.device
                  where c.slot = 'operational' and c.state in ('staged', 'current', 'retiring')
                    and c.not_after > :now and d.state <> 'scrapped'
                  order by c.device, c.issued_at desc, c.id desc
                  """
                      .formatted(place))
              .bind("now", now)
              .bindMap(values)
              .setFetchSize(FETCH)
              .map((row, context) ->
                  new Forthcoming(
                      new CredentialId(Mappers.uuid(row, "id")),
                      Mappers.time(row, "issued_at"),
                      Mappers.time(row, "not_after"),
                      row.getInt("policy")))
              .useStream(all -> all.forEach(each)));
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  /// The place of a device's policy, as an expression.
  private static String place(List<RenewalPolicy> policies, Map<String, Object> values) {
    if (policies.isEmpty()) {
      return "-1";
    }
    List<String> cases = new ArrayList<>();
    for (int i = 0; i < policies.size(); i++) {
      RenewalPolicy policy = policies.get(i);
      values.put("class" + i, policy.deviceClass());
      String condition = "d.class = :class" + i;
      if (policy.label().isPresent()) {
        RenewalPolicy.Label label = policy.label().get();
        values.put(
            "labels" + i,
            Labels.toColumn(Map.of(label.name(), label.value())).toArray(String[]::new));
        condition += " and d.labels @> :labels" + i + "::text[]";
      }
      cases.add("when " + condition + " then " + i);
    }
    return "case " + String.join(" ", cases) + " else -1 end";
  }

  @Override
  public void saveCalendar(Calendar calendar, long madeFor) {
    answered(handle ->
        handle
            .createUpdate(
                """
                update calendar set made = :made, made_at = :at, made_for = :for
                where made_at is null or made_at <= :at
                """)
            .bind("made", calendar.encoded())
            .bind("at", calendar.madeAt())
            .bind("for", madeFor)
            .execute());
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
