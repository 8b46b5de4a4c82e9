package io.cardea.trials.bench.rig;

import java.io.IOException;
import java.sql.SQLException;

/// Devices by the million, as rows: each with a slot, three credentials with keys and certificates
/// of a real one's length, and its entries in the ledger. They are as large as real ones and
/// deflate like them; nobody holds their keys.
public final class Multitude {
  private static final int AT_ONCE = 50_000;

  private Multitude() {}

  /// Adds so many to a fleet that has a real one to be like. Indexes are made again when all rows
  /// are there, which is several times as fast; nobody should write meanwhile.
  public static void add(DatabaseView database, int devices, Runnable each)
      throws IOException, SQLException {
    database.run(TAKE_AWAY);
    for (int from = 1; from <= devices; from += AT_ONCE) {
      int to = Math.min(devices, from + AT_ONCE - 1);
      for (String sql : new String[] {DEVICES, SLOTS, CREDENTIALS, KEYS, CERTIFICATES, ENTRIES}) {
        database.run(
            // References hold by how the rows are made: not looking them up is half of the time.
            "set synchronous_commit = off; set session_replication_role = replica; "
                + sql.replace(":from", "" + from).replace(":to", "" + to));
      }
      each.run();
    }
    database.run(BRING_BACK);
    database.run("vacuum analyze");
  }

  /// Indexes that are no key go, and come back as they were.
  private static final String TAKE_AWAY =
      """
      create table bench_index as
        select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as making
        from pg_index i join pg_class t on t.oid = i.indrelid
        where t.relname in ('device', 'slot', 'credential', 'certificate', 'device_key',
            'ledger_entry')
          and t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
          and not exists (select from pg_constraint c where c.conindid = i.indexrelid);
      do $$ declare one record; begin
        for one in select name from bench_index loop
          execute 'drop index ' || one.name;
        end loop;
      end $$
      """;

  private static final String BRING_BACK =
      """
      set maintenance_work_mem = '512MB';
      do $$ declare one record; begin
        for one in select making from bench_index loop
          execute one.making;
        end loop;
      end $$;
      drop table bench_index
      """;

  /// What one of each takes on the disk, with its indexes: a device with its slot, a credential
  /// with its certificate and its key, an entry of the ledger.
  public static String bytesForOne(DatabaseView database) throws IOException, SQLException {
    return database.tell(
        """
        select 'device ' || (pg_total_relation_size('device') + pg_total_relation_size('slot'))
            / (select count(*) from device)
          || ', credential ' || (pg_total_relation_size('credential')
            + pg_total_relation_size('certificate') + pg_total_relation_size('device_key'))
            / (select count(*) from credential)
          || ', ledger entry ' || pg_total_relation_size('ledger_entry')
            / (select count(*) from ledger_entry)
        """);
  }

  private static final String NAME = "'many-' || lpad(i::text, 9, '0')";
  private static final String ID =
      "(lpad(to_hex(i), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(g), 12, '0'))::uuid";

  private static String hash(String what) {
    return "sha256(convert_to('" + what + "' || i || ' ' || g, 'UTF8'))";
  }

  private static final String DEVICES =
      """
      insert into device (id, serial, class, owner, environment, labels, state, registered_at)
      select %s, 'SN-' || lpad(i::text, 8, '0'), d.class, 'many', 'field',
        array['line=' || i %% 100, 'lot=' || i / 1000, 'half=' || i %% 2,
          'few=' || i %% 100000, 'made=here'],
        'enrolled', d.registered_at
      from generate_series(:from, :to) i cross join (select * from device limit 1) d
      """
          .formatted(NAME);

  private static final String SLOTS =
      """
      insert into slot (device, name, version, used_1, pace_since, pace_staged)
      select %s, 'operational', 6, (lpad(to_hex(i), 8, '0') || '-0000-7000-8000-000000000002')::uuid,
        d.registered_at, 1
      from generate_series(:from, :to) i cross join (select * from device limit 1) d
      """
          .formatted(NAME);

  private static final String CREDENTIALS =
      """
      insert into credential (id, device, slot, state, since, certificate, key, serial, authority,
        predecessor, by_token, generation, protection, issued_at, not_before, not_after, proven_at,
        last_used_at)
      select %s, %s, 'operational', case g when 2 then 'current' else 'retired' end, c.since, %s, %s,
        substring(%s for 16), c.authority,
        (lpad(to_hex(i), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(greatest(g, 1) - 1), 12, '0'))::uuid,
        g = 0, g, 'unknown', c.issued_at, c.not_before, c.not_after, c.proven_at, c.last_used_at
      from generate_series(:from, :to) i cross join generate_series(0, 2) g
      cross join (select * from credential where device like 'bench-%%' limit 1) c
      """
          .formatted(ID, NAME, hash("c"), hash("k"), hash("s"));

  private static final String KEYS =
      """
      insert into device_key (fingerprint, device)
      select %s, %s from generate_series(:from, :to) i cross join generate_series(0, 2) g
      """
          .formatted(hash("k"), NAME);

  /// The last 172 octets of a certificate's 600 are what no two have in common: serial number,
  /// public key, its identifier, signature.
  private static final String CERTIFICATES =
      """
      insert into certificate (credential, der)
      select %s, substring(t.der for length(t.der) - 172) || %s || %s || %s || %s || %s
        || substring(%s for 12)
      from generate_series(:from, :to) i cross join generate_series(0, 2) g
      cross join (select der from certificate limit 1) t
      """
          .formatted(ID, hash("1"), hash("2"), hash("3"), hash("4"), hash("5"), hash("6"));

  private static final String ENTRIES =
      """
      insert into ledger_entry (kind, device, canonical)
      select 'device.registered', %1$s, convert_to(
        '{"actor":"operator:bench","at":"2026-11-21T12:00:00Z","device":"' || %1$s
        || '","facts":{"class":"bench","environment":"field","owner":"many"},'
        || '"kind":"device.registered","v":"1"}', 'UTF8')
      from generate_series(:from, :to) i;
      insert into ledger_entry (kind, device, canonical)
      select 'credential.issued', %1$s, convert_to(
        '{"actor":"device:' || %1$s || '","at":"2026-11-21T12:00:00Z","device":"' || %1$s
        || '","facts":{"authority":"' || encode(substring(%2$s for 16), 'hex')
        || '","certificate":"' || encode(%3$s, 'hex') || '","credential":"' || %5$s
        || '","key":"' || encode(%4$s, 'hex')
        || '","not-after":"2027-02-19T12:00:00Z","predecessor":"' || %5$s
        || '","profile":"device","protocol":"est","serial":"' || encode(substring(%2$s for 16), 'hex')
        || '","slot":"operational"},"kind":"credential.issued","v":"1"}', 'UTF8')
      from generate_series(:from, :to) i cross join generate_series(0, 2) g
      """
          .formatted(NAME, hash("s"), hash("c"), hash("k"), ID);
}
