package io.cardea.platform.store;

import io.cardea.life.Fingerprint;
import io.cardea.life.enrolment.Birth;
import io.cardea.life.enrolment.Freeze;
import io.cardea.life.enrolment.Manufacturer;
import io.cardea.life.enrolment.PendingEnrolment;
import io.cardea.life.enrolment.Token;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory.DeviceFilter;
import io.cardea.life.inventory.Scope;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.Serial;
import io.cardea.life.rotation.Lineages.Expired;
import io.cardea.life.rotation.Lineages.Listing;
import io.cardea.life.rotation.Lineages.Place;
import io.cardea.life.rotation.Lineages.Retiring;
import io.cardea.life.rotation.Sighting;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.postgresql.PGStatement;

/// The reads that are not for a device at the door. Each is served by an index and has a bound.
final class StoreReads {
  /// A statement that the driver prepares on the server gets a plan for any values after a while:
  /// one for a rare label would then read the whole table.
  static final StatementCustomizer PLANNED_ANEW =
      new StatementCustomizer() {
        @Override
        public void beforeExecution(PreparedStatement statement, StatementContext context)
            throws SQLException {
          statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        }
      };

  private final Jdbi jdbi;

  StoreReads(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @FunctionalInterface
  private interface Row<T> {
    T map(ResultSet row) throws SQLException;
  }

  Optional<Device> device(DeviceId id) {
    return first("select * from device where id = :id", Map.of("id", id.value()), Mappers::device);
  }

  List<Device> devices(Collection<DeviceId> ids) {
    return list(
        "select * from device where id = any(:ids::text[])",
        Map.of("ids", texts(ids)),
        Mappers::device);
  }

  private static String[] texts(Collection<DeviceId> ids) {
    return ids.stream().map(DeviceId::value).toArray(String[]::new);
  }

  List<Device> devices(DeviceFilter filter, Scope scope, String after, int limit) {
    DeviceQuery wanted = DeviceQuery.of(filter, scope, after, limit);
    try {
      return jdbi.withHandle(handle -> {
        try (Query query = handle.createQuery(wanted.sql())) {
          return query
              .addCustomizer(PLANNED_ANEW)
              .bindMap(wanted.values())
              .map((row, context) -> Mappers.device(row))
              .list();
        }
      });
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  /// Asked each time: whoever makes the index need not start the server again.
  boolean findsText() {
    return first(
            "select i.indisvalid from pg_index i where i.indexrelid = to_regclass('device_by_text')",
            Map.of(),
            row -> row.getBoolean(1))
        .orElse(false);
  }

  Optional<DeviceClass> deviceClass(String name) {
    return first(
        "select * from device_class where name = :name",
        Map.of("name", name),
        Mappers::deviceClass);
  }

  List<DeviceClass> classes() {
    return list("select * from device_class order by name", Map.of(), Mappers::deviceClass);
  }

  List<Audience> audiences() {
    return list("select * from audience order by name", Map.of(), Mappers::audience);
  }

  void postpone(List<CredentialId> retiring, Instant until) {
    try {
      jdbi.useHandle(handle ->
          handle
              .createUpdate(
                  """
                  with theirs as materialized (
                    select credential from retiring where credential = any(:ids::uuid[])
                    for update skip locked
                  )
                  update retiring r set counted_from = greatest(r.counted_from,
                    :until::timestamptz - dc.longest_silence_ms * interval '1 ms')
                  from theirs t, device_class dc
                  where r.credential = t.credential and dc.name = r.class
                  """)
              .bind("ids", retiring.stream().map(CredentialId::value).toArray(UUID[]::new))
              .bind("until", until.atOffset(ZoneOffset.UTC))
              .execute());
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  Optional<Credential> credential(CredentialId id) {
    return first(
        "select * from credential where id = :id", Map.of("id", id.value()), Mappers::credential);
  }

  Optional<Credential> credentialByCertificate(Fingerprint certificate) {
    return first(
        "select * from credential where certificate = :certificate",
        Map.of("certificate", certificate.bytes()),
        Mappers::credential);
  }

  Optional<Credential> credentialBySerial(String authority, BigInteger serial) {
    return first(
        "select * from credential where serial = :serial and authority = :authority",
        Map.of("serial", serial.toByteArray(), "authority", authority),
        Mappers::credential);
  }

  List<Credential> credentialsOf(DeviceId device, int limit) {
    return list(
        """
        select * from credential where device = :device
        order by issued_at desc, id desc limit :limit
        """,
        Map.of("device", device.value(), "limit", limit),
        Mappers::credential);
  }

  Optional<byte[]> certificate(CredentialId id) {
    return first(
        "select der from certificate where credential = :id",
        Map.of("id", id.value()),
        row -> row.getBytes(1));
  }

  List<ApiToken> apiTokens() {
    return list("select * from api_token order by name", Map.of(), Mappers::apiToken);
  }

  Optional<Freeze> freeze() {
    return first(
        "select since, actor, why from issuance_freeze",
        Map.of(),
        row ->
            new Freeze(Mappers.time(row, "since"), row.getString("actor"), row.getString("why")));
  }

  List<Token> tokensOf(DeviceId device) {
    return list(
        """
        select * from enrolment_token where device = :device
        order by created_at desc limit 32
        """,
        Map.of("device", device.value()),
        Mappers::token);
  }

  Optional<Birth> birthOf(DeviceId device) {
    return first(
        "select * from birth where device = :device",
        Map.of("device", device.value()),
        Mappers::birth);
  }

  List<Birth> birthsOf(Collection<DeviceId> devices) {
    return list(
        "select * from birth where device = any(:ids::text[])",
        Map.of("ids", texts(devices)),
        Mappers::birth);
  }

  Optional<Birth> birthByCertificate(Fingerprint certificate) {
    return first(
        "select * from birth where certificate = :certificate",
        Map.of("certificate", certificate.bytes()),
        Mappers::birth);
  }

  Optional<Birth> birthBySerialNumber(String deviceClass, String serialNumber) {
    return first(
        "select * from birth where class = :class and serial_number = :serial",
        Map.of("class", deviceClass, "serial", serialNumber),
        Mappers::birth);
  }

  Optional<PendingEnrolment> pending(UUID id) {
    return first(
        "select * from pending_enrolment where id = :id", Map.of("id", id), Mappers::pending);
  }

  List<PendingEnrolment> pendingOf(DeviceId device) {
    return list(
        "select * from pending_enrolment where device = :device limit 64",
        Map.of("device", device.value()),
        Mappers::pending);
  }

  List<PendingEnrolment> waiting(int limit) {
    return list(
        """
        select * from pending_enrolment where state = 'waiting'
        order by requested_at, id limit :limit
        """,
        Map.of("limit", limit),
        Mappers::pending);
  }

  int pendingCount() {
    return first(
            "select count(*) from (select 1 from pending_enrolment limit :most) counted",
            Map.of("most", PendingEnrolment.MOST),
            row -> row.getInt(1))
        .orElse(0);
  }

  List<Manufacturer> manufacturers() {
    return list("select * from manufacturer order by name", Map.of(), Mappers::manufacturer);
  }

  List<Authority> authorities() {
    // One statement, so that nobody sees an authority without what belongs to it.
    return list(
        """
        select a.*,
          array(select purpose from authority_certificate o
            where o.authority = a.id order by place) as other_purposes,
          array(select encode(der, 'hex') from authority_certificate o
            where o.authority = a.id order by place) as other_certificates
        from authority a order by created, id
        """,
        Map.of(),
        Mappers::authority);
  }

  List<AuthorityRequest> authorityRequests() {
    return list(
        "select * from authority_request order by created, id",
        Map.of(),
        Mappers::authorityRequest);
  }

  List<Profile> profiles() {
    return list("select * from profile order by name", Map.of(), Mappers::profile);
  }

  /// Sorted here: bytes of different lengths do not sort as numbers do. Class by class, since each
  /// has its own overlap: the index gives those of a class that have waited longest.
  List<Retiring> retiring(Instant now, int limit) {
    return list(
        """
        select r.device, r.slot, r.credential
        from device_class dc cross join lateral (
          select * from retiring r
          where r.class = dc.name
            and r.counted_from <= :now::timestamptz - dc.longest_silence_ms * interval '1 ms'
          order by r.counted_from limit :limit) r
        where dc.keeps_recovery_token
          and not exists (select 1 from audience a where dc.name = any(a.classes) and not a.reports)
        order by r.counted_from limit :limit
        """,
        Map.of("now", now.atOffset(ZoneOffset.UTC), "limit", limit),
        row ->
            new Retiring(
                new SlotId(new DeviceId(row.getString("device")), row.getString("slot")),
                new CredentialId(Mappers.uuid(row, "credential"))));
  }

  /// Only as many are looked at as are asked for, in the order of the index; what is known of each
  /// is found by an index too.
  List<Expired> expired(Place after, Instant until, int limit) {
    return list(
        """
        select c.id, c.state, c.not_after, dc.grace_ms, dc.keeps_recovery_token and not exists (
            select 1 from audience a where dc.name = any(a.classes) and not a.reports) as retires,
          exists (select 1 from credential y
            where y.device = c.device and y.slot = c.slot
              and (y.issued_at, y.id) > (c.issued_at, c.id)) as followed,
          coalesce(c.id in (s.used_1, s.used_2, s.used_3), false) as used,
          s.forked_at is not null as forked, p.id as parent,
          r.authority, r.shard, r.serial, r.position
        from (select * from credential
          where not_after < :until and (not_after, id) > (:at, :id)
          order by not_after, id limit :limit) c
        join device d on d.id = c.device
        join device_class dc on dc.name = d.class
        left join slot s on s.device = c.device and s.name = c.slot
        left join credential p on p.id = c.predecessor and not c.by_token
        left join revocation r on r.credential = c.id
        order by c.not_after, c.id
        """,
        Map.of(
            "until", until.atOffset(ZoneOffset.UTC),
            "at", after.notAfter().atOffset(ZoneOffset.UTC),
            "id", after.credential().value(),
            "limit", limit),
        StoreReads::expired);
  }

  private static Expired expired(ResultSet row) throws SQLException {
    String authority = row.getString("authority");
    return new Expired(
        new Place(Mappers.time(row, "not_after"), new CredentialId(Mappers.uuid(row, "id"))),
        Mappers.state(row, "state"),
        Duration.ofMillis(row.getLong("grace_ms")),
        row.getBoolean("retires"),
        row.getBoolean("followed"),
        row.getBoolean("used"),
        row.getBoolean("forked"),
        Optional.ofNullable(row.getObject("parent", UUID.class)).map(CredentialId::new),
        authority == null
            ? Optional.empty()
            : Optional.of(
                new Listing(
                    new AuthorityId(authority),
                    row.getInt("shard"),
                    new Serial(new BigInteger(row.getBytes("serial"))),
                    row.getLong("position"))));
  }

  List<Ledger.Recorded> entriesAfter(long number, int limit) {
    return list(
        "select * from ledger_entry where number > :number order by number limit :limit",
        Map.of("number", number, "limit", limit),
        StoreReads::recorded);
  }

  List<Ledger.Recorded> newestEntriesAbout(String device, int limit) {
    return list(
        """
        select * from ledger_entry where device = :device order by number desc limit :limit
        """,
        Map.of("device", device, "limit", limit),
        StoreReads::recorded);
  }

  /// By the index of those few entries alone.
  Optional<Ledger.Recorded> newestBackup() {
    return list(
            """
            select * from ledger_entry where kind in ('backup.made', 'backup.restored')
            order by number desc limit 1
            """,
            Map.of(),
            StoreReads::recorded)
        .stream()
        .findFirst();
  }

  /// Writers hold the table while they write: once it was held against them, what they numbered is
  /// there, and who comes later gets a higher number. They wait for milliseconds.
  long settled() {
    try {
      return jdbi.inTransaction(handle -> {
        handle.execute("set local lock_timeout = '5s'");
        handle.execute("lock table ledger_entry in share mode");
        return handle
            .createQuery("select coalesce(max(number), 0) from ledger_entry")
            .mapTo(Long.class)
            .one();
      });
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  boolean isRevoked(CredentialId id) {
    return first(
            "select 1 from revocation where credential = :id and reason <> 6",
            Map.of("id", id.value()),
            row -> true)
        .isPresent();
  }

  private static Ledger.Recorded recorded(ResultSet row) throws SQLException {
    return new Ledger.Recorded(
        row.getLong("number"),
        EntryKind.ofWord(row.getString("kind")),
        Optional.ofNullable(row.getString("device")),
        row.getBytes("canonical"));
  }

  Optional<Sighting> whole(SlotId slot) {
    try {
      return jdbi.withHandle(handle ->
          SightingQuery.run(
                  handle.getConnection(),
                  SightingQuery.WHOLE_LINEAGES,
                  List.of(new SightingQuery.Ask(null, slot, null)))
              .getFirst());
    } catch (JdbiException | SQLException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  private <T> Optional<T> first(String sql, Map<String, ?> values, Row<T> mapper) {
    return list(sql, values, mapper).stream().findFirst();
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
}
