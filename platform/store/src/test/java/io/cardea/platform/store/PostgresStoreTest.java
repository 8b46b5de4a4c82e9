package io.cardea.platform.store;

import io.cardea.life.findings.HandshakeFailures;
import io.cardea.life.testing.HandshakeFailuresContract;
import io.cardea.life.testing.StoreContract;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/// The contract of every store, on PostgreSQL.
class PostgresStoreTest extends StoreContract<PostgresStore> {
  private static TestHome folder;
  private static EmbeddedPostgres postgres;
  private static Database database;
  private static PostgresStore store;

  @BeforeAll
  static void start() throws IOException {
    folder = new TestHome();
    postgres = EmbeddedPostgres.start(folder.resolve("db"));
    database = Database.open(postgres.address(), Database.Settings.USUAL);
    store = new PostgresStore(database, PostgresStore.Settings.USUAL, StoreListener.NONE);
  }

  @AfterAll
  static void stop() throws IOException {
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
  protected PostgresStore emptyStore() throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set session_replication_role = replica"); // past the ledger's own guard
      statement.execute(
          """
          truncate authority_certificate, authority_request, device_class, device, slot, device_key,
            credential, certificate, retiring, revocation, enrolment_token, birth, manufacturer,
            pending_enrolment, api_token, authority, profile, ledger_entry, crl_shard,
            own_certificate, mass_revocation
          """);
    }
    return store;
  }
}
