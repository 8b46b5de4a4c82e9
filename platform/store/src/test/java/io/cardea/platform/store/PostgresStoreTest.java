package io.cardea.platform.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.findings.HandshakeFailures;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Inventory.DeviceFilter;
import io.cardea.life.inventory.Scope;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.calendar.Calendars;
import io.cardea.life.rotation.emergency.Emergencies;
import io.cardea.life.rotation.plan.Plans;
import io.cardea.life.sessions.OpenSessions;
import io.cardea.life.testing.EmergencyContract;
import io.cardea.life.testing.HandshakeFailuresContract;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The contract of every store, on PostgreSQL.
class PostgresStoreTest extends EmergencyContract<PostgresStore> {
  private static TestHome folder;
  private static EmbeddedPostgres postgres;
  private static Database database;
  private static PostgresStore store;
  private static PostgresSessions sessions;

  @BeforeAll
  static void start() throws IOException {
    folder = new TestHome();
    postgres = EmbeddedPostgres.start(folder.resolve("db"));
    database = Database.open(postgres.address(), Database.Settings.USUAL);
    store = new PostgresStore(database, PostgresStore.Settings.USUAL, StoreListener.NONE);
    sessions = new PostgresSessions(database, Duration.ofSeconds(10));
  }

  @AfterAll
  static void stop() throws IOException {
    sessions.close();
    store.close();
    database.close();
    postgres.close();
    folder.close();
  }

  @Nested
  class HandshakesThatFailed extends HandshakeFailuresContract {
    @Override
    protected HandshakeFailures none() throws SQLException {
      try (Connection connection = postgres.address().dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("truncate failed_handshake");
      }
      return new PostgresHandshakeFailures(database);
    }
  }

  @Override
  protected Campaigns campaigns() {
    return new PostgresCampaigns(database);
  }

  @Override
  protected OpenSessions sessions() {
    return sessions;
  }

  @Override
  protected Emergencies emergencies() {
    return new PostgresEmergencies(database);
  }

  @Override
  protected Plans plans() {
    return new PostgresPlans(database);
  }

  @Override
  protected Calendars calendars() {
    return new PostgresCalendars(database);
  }

  @Override
  protected PostgresStore emptyStore() throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set session_replication_role = replica"); // past the ledger's own guard
      statement.execute(
          """
          truncate authority_certificate, authority_request, device_class, device, slot, device_key,
            credential, certificate, retiring, revocation, enrolment_token, birth, manufacturer,
            pending_enrolment, api_token, authority, profile, ledger_entry, crl_shard,
            own_certificate, mass_revocation, campaign, campaign_device, campaign_wave,
            campaign_proof, audience, session, session_reporter, renewal_policy, calendar, secret,
            class_slot, plan, plan_loss, emergency
          """);
      statement.execute("insert into calendar default values");
    }
    return store;
  }

  /// Who holds a role for a part of the fleet, or looks for a few devices, costs what they see and
  /// not what there is: no plan reads the whole table.
  @Test
  void listings_areServedByAnIndex() throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          insert into device (id, serial, class, owner, environment, labels, state, registered_at)
          select 'seeded-' || lpad(i::text, 6, '0'), 'SN' || i, 'pumps',
            case when i % 2000 = 7 then 'few' else 'many' end,
            case when i % 2000 = 9 then 'lab' else 'field' end,
            array['line=' || i % 40, 'batch=' || i / 10], 'registered', now()
          from generate_series(1, 30000) as i
          """);
      statement.execute(
          "insert into device_class (name, profile, longest_silence_ms, grace_ms,"
              + " settling_ms, candidates_per_tenth, on_fork, keeps_recovery_token)"
              + " select 'rare', profile, longest_silence_ms, grace_ms, settling_ms, candidates_per_tenth, on_fork,"
              + " keeps_recovery_token from device_class where name = 'pumps'");
      statement.execute("update device set class = 'rare' where serial like 'SN11%'");
      statement.execute("vacuum analyze device"); // what gathers in the indexes is sorted in
    }
    Set<Environment> lab = Set.of(Environment.LAB);
    for (Scope scope :
        List.of(
            Scope.ALL,
            new Scope(Set.of("rare"), Set.of(), Set.of()),
            new Scope(Set.of(), lab, Set.of()),
            new Scope(Set.of(), Set.of(), Set.of("few")),
            new Scope(Set.of("pumps", "rare"), lab, Set.of("few", "many")))) {
      assertThat(plan(DeviceFilter.ALL, scope, "")).as("%s", scope).doesNotContain("Seq Scan");
      assertThat(plan(DeviceFilter.ALL, scope, "seeded-020000")).doesNotContain("Seq Scan");
    }
    assertThat(
            plan(
                new DeviceFilter(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of("line", "7", "batch", "3")),
                Scope.ALL,
                ""))
        .contains("device_by_label");
    assertThat(plan(named(Optional.of("seeded-02"), Optional.empty()), Scope.ALL, ""))
        .contains("device_pkey");
    assertThat(plan(named(Optional.empty(), Optional.of("n29991")), Scope.ALL, ""))
        .contains("device_by_text");
  }

  @Test
  void textWithoutItsIndex_isNotFound() throws SQLException {
    assertThat(store.findsText()).isTrue();
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter index device_by_text rename to device_by_another_name");
      try {
        assertThat(store.findsText()).isFalse();
      } finally {
        statement.execute("alter index device_by_another_name rename to device_by_text");
      }
    }
  }

  private static DeviceFilter named(Optional<String> prefix, Optional<String> text) {
    return new DeviceFilter(
        Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), prefix, text);
  }

  private static String plan(DeviceFilter filter, Scope scope, String after) {
    DeviceQuery query = DeviceQuery.of(filter, scope, after, 100);
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("explain " + query.sql())
                .addCustomizer(StoreReads.PLANNED_ANEW)
                .bindMap(query.values())
                .mapTo(String.class)
                .collect(Collectors.joining("\n")));
  }
}
