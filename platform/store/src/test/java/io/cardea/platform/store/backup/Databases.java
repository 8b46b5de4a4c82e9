package io.cardea.platform.store.backup;

import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// One PostgreSQL with as many databases as a test wants.
final class Databases implements AutoCloseable {
  private final TestHome home = new TestHome();
  private final EmbeddedPostgres postgres = EmbeddedPostgres.start(home.resolve("db"));
  private int made;

  Databases() throws IOException {}

  TestHome home() {
    return home;
  }

  DatabaseAddress empty() throws SQLException {
    return create("");
  }

  /// What nobody is connected to now, once more.
  DatabaseAddress copyOf(DatabaseAddress one) throws SQLException {
    return create(" template " + one.url().replaceFirst(".*/([a-z0-9]+)\\?.*", "$1"));
  }

  private DatabaseAddress create(String template) throws SQLException {
    String name = "copy" + made++;
    execute(postgres.address(), "create database " + name + template);
    return new DatabaseAddress(
        postgres.address().url().replace("/cardea?", "/" + name + "?"),
        postgres.address().user(),
        postgres.address().password());
  }

  static void execute(DatabaseAddress address, String... statements) throws SQLException {
    try (Connection connection = address.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static List<String> query(DatabaseAddress address, String sql) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection = address.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  /// A fleet of so many devices with three credentials each, as rows.
  static void fill(DatabaseAddress address, int devices) throws SQLException {
    execute(
        address,
        """
        insert into device_class (name, profile, longest_silence_ms, grace_ms, settling_ms,
          candidates_per_tenth, on_fork, keeps_recovery_token)
        values ('device', 'device', 1, 1, 1, 3, 'ALARM', true)
        """,
        """
        insert into device (id, class, owner, environment, labels, state, registered_at)
        select 'pump-' || i, 'device', 'o', 'field', array['line=' || i, 'x=\t'], 'enrolled',
          '2026-01-01 00:00:00.000001+00' from generate_series(1, %1$d) i
        """
            .formatted(devices),
        """
        insert into slot (device, name, version, used_1, pace_since, pace_staged)
        select id, 'operational', 3, gen_random_uuid(), registered_at, 1 from device
        """,
        """
        insert into credential (id, device, slot, state, since, certificate, key, serial, authority,
          predecessor, by_token, generation, protection, issued_at, not_before, not_after)
        select gen_random_uuid(), d.id, 'operational', 'staged', d.registered_at,
          sha256((d.id || g)::bytea), sha256((d.id || 'k' || g)::bytea), sha256((d.id || g)::bytea),
          'issuing', gen_random_uuid(), false, g, 'unknown', d.registered_at, d.registered_at,
          d.registered_at from device d cross join generate_series(1, 3) g
        """,
        """
        insert into certificate (credential, der)
        select id, certificate || key || certificate || key from credential
        """,
        """
        insert into ledger_entry (kind, device, canonical)
        select 'credential.issued', device, certificate || key from credential
        """);
  }

  /// What each table holds, whatever the order.
  static List<String> digests(DatabaseAddress address) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Connection connection = address.dataSource().getConnection()) {
      for (Contents.Table table : new Catalogue(connection).tables()) {
        all.addAll(
            query(
                address,
                "select '%1$s ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text collate \"C\")), '') from %1$s t"
                    .formatted(table.name())));
      }
    }
    return all;
  }

  /// Every index, constraint and trigger.
  static List<String> structure(DatabaseAddress address) throws SQLException {
    return query(
        address,
        """
        select pg_get_indexdef(indexrelid) || indisvalid::text from pg_index i
        join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace
        union all
        select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'public'::regnamespace
        union all
        select tgname::text || tgenabled::text from pg_trigger where not tgisinternal
        order by 1
        """);
  }

  @Override
  public void close() throws IOException {
    postgres.close();
    home.close();
  }
}
