package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.Reports;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Sighting.KeyStanding;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads many sightings by one statement, hence each of them as of one moment.
final class SightingQuery {
  private static final Comparator<Link> OLDEST_FIRST =
      Comparator.comparing(Link::issuedAt).thenComparing(link -> link.id().value());

  /// Who is asked about: by the certificate that was shown, or by the slot.
  record Ask(
      @Nullable Fingerprint certificate, @Nullable SlotId slot, @Nullable Fingerprint wantedKey) {}

  private static final String HEAD =
      """
      with recursive
      audiences as materialized (
        select u.class, array_agg(array_to_string(array[name, kind, reports::text,
          may_prove::text, array_to_string(classes, ' '), array_to_string(points, ' ')], ',')
          order by name) as audiences
        from audience cross join unnest(classes) as u(class) group by u.class
      ),
      head as materialized (
        select a.ord, a.wanted, c.id as presented, coalesce(c.slot, a.slot) as slot_name,
          d.id as device_id, d.serial as device_serial, d.owner, d.environment, d.site, d.labels,
          d.state as device_state, d.registered_at,
          dc.name as class, dc.profile, dc.longest_silence_ms, dc.grace_ms, dc.settling_ms,
          dc.candidates_per_tenth, dc.on_fork, dc.keeps_recovery_token,
          dc.approval, dc.birth_certificate_recovers, dc.factory_profile, dc.quarantine_profile,
          dc.late_wants_credential, dc.late_approval_ms,
          s.version, s.used_1, s.used_2, s.used_3, s.forked_at, s.pace_since, s.pace_staged,
          case when k.fingerprint is null then 'FREE' when k.condemned_since is not null
            then 'CONDEMNED' when k.device = d.id then 'OURS' else 'OTHERS' end as standing,
          exists (select 1 from issuance_freeze) as frozen,
          coalesce(s.seen, '{}') as seen,
          array(select distinct e.credential from session e
            where e.device = d.id and e.slot = coalesce(c.slot, a.slot)) as in_session,
          au.audiences
        from unnest(?, ?, ?, ?) with ordinality as a(certificate, device, slot, wanted, ord)
        left join credential c on c.certificate = a.certificate
        join device d on d.id = coalesce(c.device, a.device)
        join device_class dc on dc.name = d.class
        left join audiences au on au.class = dc.name
        left join slot s on s.device = d.id and s.name = coalesce(c.slot, a.slot)
        left join device_key k on k.fingerprint = a.wanted
        where a.certificate is null or c.id is not null
      ),
      """;

  private static final String LINK =
      """
      c.id, c.key, c.predecessor, c.by_token, c.by_birth, c.generation, c.state, c.since, c.issued_at,
      c.not_after, c.proven_at, c.last_used_at
      """;

  /// What [Lineage] says about neighbourhoods. The depth is bounded by generations, which do not
  /// depend on the way by which an ancestor was reached; one that was reached in two ways may come
  /// twice. `nulls last` (there are none) keeps the planner from walking all credentials of the
  /// device in the order of the other index, in search of a key that is nearly always new.
  private static final String NEAR =
      """
      seed as (
        select h.ord, %1$s from head h
        join credential c on c.id = any (array[h.presented, h.used_1, h.used_2, h.used_3]
          || array(select split_part(its, '=', 2)::uuid from unnest(h.seen) its))
        union all
        select h.ord, k.* from head h cross join lateral (
          select %1$s from credential c
          where c.key = h.wanted and c.slot = h.slot_name and c.device || '' = h.device_id
          order by c.issued_at desc limit %2$d) k
        union all
        select h.ord, n.* from head h cross join lateral (
          select %1$s from credential c
          where c.device = h.device_id and c.slot = h.slot_name
            and c.state in ('staged', 'current', 'retiring')
          order by c.issued_at desc, c.id desc limit 1) n
      ),
      near as (
        select s.*, s.generation - %2$d as lowest from seed s
        union
        select n.ord, %1$s, n.lowest from near n
        join credential c on c.id = n.predecessor and not n.by_token and c.generation >= n.lowest
      )
      """
          .formatted(LINK, Lineage.NEIGHBOURHOOD);

  private static final String WHOLE =
      """
      near as (
        select h.ord, %s from head h
        join credential c on c.device = h.device_id and c.slot = h.slot_name
      )
      """
          .formatted(LINK);

  private static final String RESULT = "select * from head left join near using (ord)";

  static final String NEIGHBOURHOODS = HEAD + NEAR + RESULT;
  static final String WHOLE_LINEAGES = HEAD + WHOLE + RESULT;

  private SightingQuery() {}

  /// Returns a sighting for each ask, in their order.
  static List<Optional<Sighting>> run(Connection connection, String sql, List<Ask> asks)
      throws SQLException {
    List<@Nullable Gathered> gathered = new ArrayList<>();
    asks.forEach(ask -> gathered.add(null));
    try (Unnest<Ask> statement = new Unnest<>(connection, sql, asks)) {
      statement
          .fingerprint(Ask::certificate)
          .text(ask -> ask.slot() == null ? null : ask.slot().device().value())
          .text(ask -> ask.slot() == null ? null : ask.slot().name())
          .fingerprint(Ask::wantedKey);
      try (ResultSet row = statement.query()) {
        while (row.next()) {
          int place = row.getInt("ord") - 1;
          Gathered its = gathered.get(place);
          if (its == null) {
            its = new Gathered(row);
            gathered.set(place, its);
          }
          its.add(row);
        }
      }
    }
    return gathered.stream()
        .map(its -> its == null ? Optional.<Sighting>empty() : Optional.of(its.sighting()))
        .toList();
  }

  /// The rows of one ask: the same head in each, and a link.
  private static final class Gathered {
    private final Device device;
    private final DeviceClass deviceClass;
    private final SlotId slot;
    private final Optional<CredentialId> presented;
    private final KeyStanding standing;
    private final boolean frozen;
    private final long version;
    private final List<CredentialId> uses = new ArrayList<>(3);
    private final Optional<Instant> forkedAt;
    private final Pace pace;
    private final Reports reports;
    private final List<Audience> audiences;
    private final Map<CredentialId, Link> links = new HashMap<>();

    private Gathered(ResultSet row) throws SQLException {
      device = Mappers.device(row, "device_");
      deviceClass = Mappers.deviceClass(row, "class");
      slot = new SlotId(device.id(), row.getString("slot_name"));
      presented =
          Optional.ofNullable(row.getObject("presented", UUID.class)).map(CredentialId::new);
      standing = KeyStanding.valueOf(row.getString("standing"));
      frozen = row.getBoolean("frozen");
      reports = Mappers.reports(row);
      audiences = audiences(row);
      version = row.getLong("version"); // 0 for null: no row yet
      for (String column : List.of("used_1", "used_2", "used_3")) {
        UUID used = row.getObject(column, UUID.class);
        if (used != null) {
          uses.add(new CredentialId(used));
        }
      }
      forkedAt = Mappers.optionalTime(row, "forked_at");
      pace =
          version == 0
              ? Pace.NONE
              : new Pace(Mappers.time(row, "pace_since"), row.getInt("pace_staged"));
    }

    private static List<Audience> audiences(ResultSet row) throws SQLException {
      if (row.getArray("audiences") == null) {
        return List.of();
      }
      List<Audience> audiences = new ArrayList<>();
      for (String line : Mappers.texts(row, "audiences")) {
        audiences.add(Mappers.audience(line.split(",", -1)));
      }
      return audiences;
    }

    private void add(ResultSet row) throws SQLException {
      if (row.getObject("id") != null) {
        Link link = Mappers.link(row);
        links.put(link.id(), link);
      }
    }

    private Sighting sighting() {
      List<Link> sorted = new ArrayList<>(links.values());
      sorted.sort(OLDEST_FIRST);
      return new Sighting(
          device,
          deviceClass,
          new Lineage(slot, version, sorted, uses, forkedAt, pace, reports),
          presented,
          standing,
          frozen,
          audiences);
    }
  }
}
