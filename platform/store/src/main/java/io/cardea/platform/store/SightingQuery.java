package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Pace;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Sighting.KeyStanding;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

  private static final String TARGET =
      """
      with recursive
      target as materialized (
        select a.ord, a.wanted, c.id as presented,
          coalesce(c.device, a.device) as device, coalesce(c.slot, a.slot) as slot
        from unnest(?, ?, ?, ?) with ordinality as a(certificate, device, slot, wanted, ord)
        left join credential c on c.certificate = a.certificate
        where a.certificate is null or c.id is not null
      ),
      """;

  /// What [Lineage] says about neighbourhoods. The depth is bounded by generations, which do not
  /// depend on the way by which an ancestor was reached.
  private static final String NEAR =
      """
      seed as (
        select ord, presented as id from target where presented is not null
        union
        select t.ord, u.id from target t
        join slot s on s.device = t.device and s.name = t.slot
        cross join lateral (values (s.used_1), (s.used_2), (s.used_3)) as u(id)
        where u.id is not null
        union
        select t.ord, k.id from target t cross join lateral (
          select c.id from credential c
          where c.device = t.device and c.slot = t.slot and c.key = t.wanted
          order by c.issued_at desc limit %1$d) k
        union
        select t.ord, n.id from target t cross join lateral (
          select c.id from credential c
          where c.device = t.device and c.slot = t.slot
            and c.state in ('staged', 'current', 'retiring')
          order by c.issued_at desc, c.id desc limit 1) n
      ),
      walk(ord, id, parent, lowest) as (
        select s.ord, c.id, case when not c.by_token then c.predecessor end, c.generation - %1$d
        from seed s join credential c on c.id = s.id
        union
        select w.ord, c.id, case when not c.by_token then c.predecessor end, w.lowest
        from walk w join credential c on c.id = w.parent where c.generation >= w.lowest
      ),
      near as (select distinct ord, id from walk)
      """
          .formatted(Lineage.NEIGHBOURHOOD);

  private static final String WHOLE =
      """
      near as (
        select t.ord, c.id from target t
        join credential c on c.device = t.device and c.slot = t.slot
      )
      """;

  private static final String RESULT =
      """
      select t.ord, t.presented, t.slot as slot_name,
        d.id as device_id, d.serial as device_serial, d.owner, d.environment, d.site, d.labels,
        d.state as device_state, d.registered_at,
        dc.name as class, dc.profile, dc.longest_silence_ms, dc.grace_ms, dc.settling_ms,
        dc.candidates_per_tenth, dc.on_fork, dc.keeps_recovery_token,
        s.version, s.used_1, s.used_2, s.used_3, s.forked_at, s.pace_since, s.pace_staged,
        case when k.fingerprint is null then 'FREE' when k.condemned_since is not null
          then 'CONDEMNED' when k.device = t.device then 'OURS' else 'OTHERS' end as standing,
        c.id, c.key, c.predecessor, c.by_token, c.generation, c.state, c.since, c.issued_at,
        c.not_after, c.proven_at, c.last_used_at
      from target t
      join device d on d.id = t.device
      join device_class dc on dc.name = d.class
      left join slot s on s.device = t.device and s.name = t.slot
      left join device_key k on k.fingerprint = t.wanted
      left join near n on n.ord = t.ord
      left join credential c on c.id = n.id
      """;

  static final String NEIGHBOURHOODS = TARGET + NEAR + RESULT;
  static final String WHOLE_LINEAGES = TARGET + WHOLE + RESULT;

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
    private final long version;
    private final List<CredentialId> uses = new ArrayList<>(3);
    private final Optional<Instant> forkedAt;
    private final Pace pace;
    private final List<Link> links = new ArrayList<>();

    private Gathered(ResultSet row) throws SQLException {
      device = Mappers.device(row, "device_");
      deviceClass = Mappers.deviceClass(row, "class");
      slot = new SlotId(device.id(), row.getString("slot_name"));
      presented =
          Optional.ofNullable(row.getObject("presented", UUID.class)).map(CredentialId::new);
      standing = KeyStanding.valueOf(row.getString("standing"));
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

    private void add(ResultSet row) throws SQLException {
      if (row.getObject("id") != null) {
        links.add(Mappers.link(row));
      }
    }

    private Sighting sighting() {
      links.sort(OLDEST_FIRST);
      return new Sighting(
          device,
          deviceClass,
          new Lineage(slot, version, links, uses, forkedAt, pace),
          presented,
          standing);
    }
  }
}
