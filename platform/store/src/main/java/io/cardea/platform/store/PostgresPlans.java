package io.cardea.platform.store;

import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.plan.Plan;
import io.cardea.life.rotation.plan.Plan.Impact;
import io.cardea.life.rotation.plan.Plan.Loss;
import io.cardea.life.rotation.plan.PlannedChange;
import io.cardea.life.rotation.plan.Plans;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Plans, on PostgreSQL.
public final class PostgresPlans implements Plans {
  private static final String ACCEPTED =
      "c.slot = 'operational' and c.state in ('staged', 'current', 'retiring')"
          + " and c.not_after > :now";

  /// Retiring, and silent for longer than the overlap, in a class that ends overlaps.
  private static final String OVERLAP_IS_OVER =
      """
      (c.state = 'retiring' and dc.keeps_recovery_token
        and greatest(c.since, c.last_used_at) + %s * interval '1 ms' <= :now)
      """;

  private final Jdbi jdbi;

  /// The database stays the caller's to close.
  public PostgresPlans(Database database) {
    this.jdbi = database.jdbi();
  }

  @Override
  public Impact impact(PlannedChange change, Instant now) {
    return switch (change) {
      case PlannedChange.RemoveAuthority(var authority) ->
          ending(Selection.issuedBy(authority.value()), now);
      case PlannedChange.Revoke(var selection, var _) -> ending(selection, now);
      case PlannedChange.RemoveAudience(var audience) ->
          grouped(
              "and class = any((select classes from audience where name = :audience)::text[])",
              "true",
              OVERLAP_IS_OVER.formatted("dc.longest_silence_ms"),
              OVERLAP_ENDS,
              Map.of("audience", audience),
              now);
      case PlannedChange.ChangeClass(var name, var longestSilence, var grace) -> {
        Impact overlaps =
            grouped(
                "and class = :class",
                "true",
                OVERLAP_IS_OVER.formatted(":silence::bigint"),
                OVERLAP_ENDS,
                Map.of("class", name, "silence", longestSilence.toMillis()),
                now);
        List<Loss> losses = new ArrayList<>(overlaps.losses());
        losses.addAll(graces(Map.of("class", name, "grace", grace.toMillis()), now));
        yield new Impact(
            overlaps.devices()
                + losses.stream()
                    .filter(loss -> loss.cause().equals(GRACE_ENDS))
                    .mapToLong(Loss::devices)
                    .sum(),
            losses);
      }
    };
  }

  /// Whatever the selection names is over.
  private Impact ending(Selection selection, Instant now) {
    SelectionColumns.Where where = SelectionColumns.Where.of(selection);
    String ends = selection.authority().isPresent() ? "c.authority = :authority" : "true";
    return grouped(where.devices(), ends, ends, ALL_END, where.values(), now);
  }

  private Impact grouped(
      String devices,
      String about,
      String ends,
      String cause,
      Map<String, Object> values,
      Instant now) {
    Map<Boolean, List<Loss>> groups = new HashMap<>();
    long all =
        answered(handle ->
            handle
                .createQuery(
                    """
                    select class, loses, days, count(*) as devices,
                      count(*) filter (where healthy) as healthy,
                      coalesce(min(id) filter (where healthy), min(id)) as example
                    from (
                      select d.id, d.class, bool_and(%3$s) as loses, bool_or(%2$s) as about,
                        bool_or(coalesce(c.last_used_at >= :now::timestamptz
                          - dc.longest_silence_ms * interval '1 ms', false)) as healthy,
                        max(greatest(0, ceil(extract(epoch from c.issued_at
                          + (c.not_after - c.issued_at) * 0.75 - :now::timestamptz)
                          / 86400)))::integer as days
                      from (select id, class from device where true %1$s) d
                      join device_class dc on dc.name = d.class
                      join credential c on c.device = d.id and %4$s
                      group by d.id, d.class) each_device
                    where about
                    group by class, loses, days order by class, days
                    """
                        .formatted(devices, about, ends, ACCEPTED))
                .bindMap(values)
                .bind("now", now)
                .map((row, context) -> {
                  groups
                      .computeIfAbsent(row.getBoolean("loses"), _ -> new ArrayList<>())
                      .add(loss(row, cause));
                  return row.getLong("devices");
                })
                .list()
                .stream()
                .mapToLong(Long::longValue)
                .sum());
    return new Impact(all, groups.getOrDefault(true, List.of()));
  }

  /// Devices that hold nothing accepted, and renew by the grace of their class alone.
  private List<Loss> graces(Map<String, Object> values, Instant now) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select class, 0 as days, count(*) as devices, count(*) as healthy,
                  min(id) as example
                from (
                  select d.id, d.class, max(c.not_after) as ended, max(dc.grace_ms) as grace
                  from device d join device_class dc on dc.name = d.class
                  join credential c on c.device = d.id and c.slot = 'operational'
                    and c.state in ('staged', 'current')
                  where d.class = :class
                  group by d.id, d.class) each_device
                where ended <= :now and ended + grace * interval '1 ms' >= :now
                  and ended + :grace::bigint * interval '1 ms' < :now
                group by class
                """)
            .bindMap(values)
            .bind("now", now)
            .map((row, context) -> loss(row, GRACE_ENDS))
            .list());
  }

  private static Loss loss(ResultSet row, String cause) throws SQLException {
    return new Loss(
        String.valueOf(row.getString("class")),
        cause,
        row.getInt("days"),
        row.getLong("devices"),
        row.getLong("healthy"),
        String.valueOf(row.getString("example")));
  }

  @Override
  public Optional<Plan> plan(UUID id) {
    return answered(handle ->
        handle
            .createQuery("select * from plan where id = :id")
            .bind("id", id)
            .map((row, context) -> plan(row, losses(handle, id)))
            .findOne());
  }

  @Override
  public List<Plan> plans(Optional<UUID> before, int limit) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select * from plan
                where :before::uuid is null or (made_at, id) <
                  (select made_at, id from plan where id = :before)
                order by made_at desc, id desc limit :limit
                """)
            .bind("before", before.orElse(null))
            .bind("limit", limit)
            .map((row, context) -> plan(row, losses(handle, Mappers.uuid(row, "id"))))
            .list());
  }

  private static List<Loss> losses(Handle handle, UUID plan) {
    return handle
        .createQuery("select * from plan_loss where plan = :plan order by place")
        .bind("plan", plan)
        .map((row, context) -> loss(row, String.valueOf(row.getString("cause"))))
        .list();
  }

  private static Plan plan(ResultSet row, List<Loss> losses) throws SQLException {
    return new Plan(
        Mappers.uuid(row, "id"),
        change(row),
        String.valueOf(row.getString("actor")),
        String.valueOf(row.getString("why")),
        Mappers.time(row, "made_at"),
        new Impact(row.getLong("impact_devices"), losses),
        Plan.State.valueOf(String.valueOf(row.getString("state")).toUpperCase(Locale.ROOT)),
        Mappers.optionalTime(row, "ended_at"),
        String.valueOf(row.getString("outcome")));
  }

  private static PlannedChange change(ResultSet row) throws SQLException {
    String subject = String.valueOf(row.getString("subject"));
    String kind = String.valueOf(row.getString("kind"));
    return switch (kind) {
      case "remove-authority" -> new PlannedChange.RemoveAuthority(new AuthorityId(subject));
      case "revoke" ->
          new PlannedChange.Revoke(
              SelectionColumns.read(row),
              RevocationReason.valueOf(String.valueOf(row.getString("reason"))));
      case "remove-audience" -> new PlannedChange.RemoveAudience(subject);
      case "change-class" ->
          new PlannedChange.ChangeClass(
              subject,
              Duration.ofMillis(row.getLong("longest_silence_ms")),
              Duration.ofMillis(row.getLong("grace_ms")));
      default -> throw new StoreFailure("plan of an unknown kind: " + kind, new SQLException(kind));
    };
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
