package io.cardea.platform.store;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.MassRevocations.Extent;
import io.cardea.life.rotation.MassRevocations.Target;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.Sighting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Reads for orders to revoke many.
final class MassRevocationReads {
  private static final String STANDING = "c.slot = 'operational' and c.state <> 'revoked'";

  private final Jdbi jdbi;

  MassRevocationReads(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  Extent extent(Selection selection, Instant now) {
    SelectionColumns.Where where = SelectionColumns.Where.of(selection);
    return answered(handle ->
        handle
            .createQuery(
                """
                select count(*) as devices, coalesce(sum(credentials), 0) as credentials,
                  count(*) filter (where healthy) as healthy
                from (
                  select d.id, count(*) as credentials,
                    bool_or(c.state <> 'retired' and c.not_after > :now
                      and c.last_used_at >= :now::timestamptz
                        - dc.longest_silence_ms * interval '1 ms') as healthy
                  from (select id, class from device where true %s) d
                  join device_class dc on dc.name = d.class
                  join credential c on c.device = d.id and %s
                  group by d.id) each_device
                """
                    .formatted(where.devices(), STANDING + where.credentials()))
            .bindMap(where.values())
            .bind("now", now)
            .map((row, context) ->
                new Extent(
                    row.getLong("devices"), row.getLong("credentials"), row.getLong("healthy")))
            .one());
  }

  List<Target> targets(Selection selection, String after, int limit) {
    SelectionColumns.Where where = SelectionColumns.Where.of(selection);
    return answered(handle -> {
      List<String> ids =
          handle
              .createQuery(
                  """
                  select d.id from (select id from device where id > :after %s) d
                  where exists (select 1 from credential c where c.device = d.id and %s)
                  order by d.id limit :limit
                  """
                      .formatted(where.devices(), STANDING + where.credentials()))
              .bindMap(where.values())
              .bind("after", after)
              .bind("limit", limit)
              .mapTo(String.class)
              .list();
      Optional<Set<CredentialId>> some =
          selection.authority().map(authority -> standing(handle, ids, authority));
      return targets(handle, ids, some);
    });
  }

  private static Set<CredentialId> standing(Handle handle, List<String> ids, String authority) {
    return new HashSet<>(
        handle
            .createQuery(
                "select c.id from credential c where c.device = any(:ids::text[]) and "
                    + STANDING
                    + " and c.authority = :authority")
            .bind("ids", ids.toArray(String[]::new))
            .bind("authority", authority)
            .mapTo(UUID.class)
            .map(CredentialId::new)
            .list());
  }

  private static List<Target> targets(
      Handle handle, List<String> ids, Optional<Set<CredentialId>> some) {
    List<SightingQuery.Ask> asks =
        slots(handle, ids, some.isEmpty()).stream()
            .map(slot -> new SightingQuery.Ask(null, slot, null))
            .toList();
    try {
      List<Target> targets = new ArrayList<>(ids.size());
      for (Optional<Sighting> each :
          SightingQuery.run(handle.getConnection(), SightingQuery.WHOLE_LINEAGES, asks)) {
        each.ifPresent(sighting -> targets.add(target(sighting, some)));
      }
      return targets;
    } catch (SQLException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  /// Device by device; what is not of one authority is in any slot.
  private static List<SlotId> slots(Handle handle, List<String> ids, boolean all) {
    if (!all) {
      return ids.stream().map(id -> SlotId.operational(new DeviceId(id))).toList();
    }
    return handle
        .createQuery(
            """
            select u.id, coalesce(s.name, :operational) as name
            from unnest(:ids::text[]) with ordinality as u(id, place)
            left join slot s on s.device = u.id order by u.place, s.name
            """)
        .bind("ids", ids.toArray(String[]::new))
        .bind("operational", SlotId.OPERATIONAL)
        .map((row, context) -> new SlotId(new DeviceId(row.getString("id")), row.getString("name")))
        .list();
  }

  private static Target target(Sighting sighting, Optional<Set<CredentialId>> some) {
    return new Target(
        sighting,
        sighting.lineage().links().stream()
            .filter(link -> link.state() != CredentialState.REVOKED)
            .map(Link::id)
            .filter(id -> some.isEmpty() || some.get().contains(id))
            .collect(Collectors.toSet()));
  }

  Optional<MassRevocationOrder> order(UUID id) {
    return answered(handle ->
        handle
            .createQuery("select * from mass_revocation where id = :id")
            .bind("id", id)
            .map((row, context) -> order(row))
            .findOne());
  }

  List<MassRevocationOrder> unfinished(int limit) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select * from mass_revocation where ended_at is null
                order by begun_at, id limit :limit
                """)
            .bind("limit", limit)
            .map((row, context) -> order(row))
            .list());
  }

  boolean advance(
      MassRevocationOrder from, String to, long devices, long credentials, long spared) {
    return answered(handle ->
        handle
                .createUpdate(
                    """
                    update mass_revocation set after_device = :to,
                      devices_done = devices_done + :devices,
                      credentials_done = credentials_done + :credentials,
                      devices_spared = devices_spared + :spared
                    where id = :id and after_device = :from and ended_at is null
                    """)
                .bind("id", from.id())
                .bind("from", from.after())
                .bind("to", to)
                .bind("devices", devices)
                .bind("credentials", credentials)
                .bind("spared", spared)
                .execute()
            == 1);
  }

  private static MassRevocationOrder order(ResultSet row) throws SQLException {
    return new MassRevocationOrder(
        Mappers.uuid(row, "id"),
        String.valueOf(row.getString("actor")),
        SelectionColumns.read(row),
        RevocationReason.valueOf(row.getString("reason")),
        Mappers.optionalTime(row, "since"),
        String.valueOf(row.getString("why")),
        new Extent(
            row.getLong("devices_meant"),
            row.getLong("credentials_meant"),
            row.getLong("healthy_meant")),
        Mappers.time(row, "begun_at"),
        Mappers.optionalTime(row, "ended_at"),
        String.valueOf(row.getString("after_device")),
        row.getLong("devices_done"),
        row.getLong("credentials_done"),
        row.getBoolean("spares"),
        row.getLong("devices_spared"));
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
