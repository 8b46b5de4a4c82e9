package io.cardea.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.Eventually;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DatabaseTest {
  private static final String ONE = "classpath:db/test-migration/one";
  private static final String TWO = "classpath:db/test-migration/two";
  private static final String BROKEN = "classpath:db/test-migration/broken";

  private static TestHome folder;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void startPostgres() throws IOException {
    folder = new TestHome();
    postgres = EmbeddedPostgres.start(folder.resolve("db"));
  }

  @AfterAll
  static void stopPostgres() throws IOException {
    postgres.close();
    folder.close();
  }

  @BeforeEach
  void emptySchema() throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop schema public cascade");
      statement.execute("create schema public");
    }
  }

  private static Database open(String... migrations) {
    return Database.open(postgres.address(), Database.Settings.USUAL, migrations);
  }

  @Nested
  class Migrations {
    @Test
    void emptyDatabase_getsTheSchema() {
      try (Database database = open(ONE, TWO)) {
        database.jdbi().useHandle(h -> h.execute("insert into pump values (1, 'a', 'north')"));
      }
    }

    @Test
    void secondOpening_changesNothing() {
      try (Database database = open(ONE)) {
        database.jdbi().useHandle(h -> h.execute("insert into pump values (1, 'a')"));
      }
      try (Database database = open(ONE)) {
        assertThat(pumps(database)).isEqualTo(1);
      }
    }

    @Test
    void releaseBefore_runsOnTheNextSchema() {
      open(ONE, TWO).close();

      try (Database database = open(ONE)) {
        assertThat(pumps(database)).isZero();
      }
    }

    @Test
    void replicasThatStartTogether_migrateOnce() throws Exception {
      CompletableFuture<Database> first = CompletableFuture.supplyAsync(() -> open(ONE, TWO));
      CompletableFuture<Database> second = CompletableFuture.supplyAsync(() -> open(ONE, TWO));

      first.get(30, TimeUnit.SECONDS).close();
      second.get(30, TimeUnit.SECONDS).close();
    }

    @Test
    void brokenMigration_leavesNothingBehindAndTheDatabaseShut() throws SQLException {
      assertThatThrownBy(() -> open(ONE, BROKEN)).isInstanceOf(DatabaseUnusableException.class);

      try (Connection connection = postgres.address().dataSource().getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select to_regclass('half') is null")) {
        row.next();
        assertThat(row.getBoolean(1)).isTrue();
      }
    }

    private long pumps(Database database) {
      return database
          .jdbi()
          .withHandle(h -> h.createQuery("select count(*) from pump").mapTo(Long.class).one());
    }
  }

  @Nested
  class Durable {
    @Test
    void embedded_isSufficient() throws SQLException {
      try (Database database = open(ONE)) {
        assertThat(database.durability()).isEqualTo(new Durability("on", "on", "on", false));
        assertThat(database.durability().isSufficient()).isTrue();
      }
    }

    @Test
    void databaseThatForgets_isNotOpened() throws SQLException {
      alterRole("set synchronous_commit = off");
      try {
        assertThatThrownBy(() -> open(ONE))
            .isInstanceOf(DatabaseUnusableException.class)
            .hasMessageContaining("synchronous_commit=off");
      } finally {
        alterRole("reset synchronous_commit");
      }
    }

    private void alterRole(String change) throws SQLException {
      try (Connection connection = postgres.address().dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("alter role cardea " + change);
      }
    }
  }

  @Nested
  class Address {
    @Test
    void nobodyListening_isSaidInOneLine() {
      DatabaseAddress nowhere =
          new DatabaseAddress("jdbc:postgresql://127.0.0.1:1/cardea", "cardea", "secret-7f3a");

      assertThatThrownBy(() -> Database.open(nowhere, Database.Settings.USUAL))
          .isInstanceOf(DatabaseUnusableException.class)
          .hasMessageContaining("127.0.0.1:1")
          .hasMessageNotContaining("secret-7f3a")
          .hasMessageNotContaining("\n");
    }

    @Test
    void passwordInTheUrl_isRefused() {
      assertThatThrownBy(
              () -> new DatabaseAddress("jdbc:postgresql://h/d?ssl=true&password=x", "u", "p"))
          .hasMessageContaining("database.password");
    }

    @Test
    void otherDatabase_isRefused() {
      assertThatThrownBy(() -> new DatabaseAddress("jdbc:mysql://h/d", "u", "p"))
          .hasMessageContaining("jdbc:postgresql://host/name");
    }
  }

  @Nested
  class Connections {
    @Test
    void connections_areNamedAndLimitedInTime() throws SQLException {
      try (Database database = open(ONE)) {
        assertThat(show(database, "application_name")).isEqualTo("cardea-server");
        assertThat(show(database, "statement_timeout")).isEqualTo("30s");
        assertThat(show(database, "lock_timeout")).isEqualTo("10s");
        assertThat(show(database, "idle_in_transaction_session_timeout")).isEqualTo("1min");
      }
    }

    @Test
    void clock_isTheDatabases() throws SQLException {
      try (Database database = open(ONE);
          DatabaseClock clock =
              DatabaseClock.start(database.dataSource(), DatabaseClock.Settings.USUAL)) {
        Instant before = clock.instant();
        Instant told =
            database
                .jdbi()
                .withHandle(
                    h -> h.createQuery("select clock_timestamp()").mapTo(Instant.class).one());
        assertThat(told).isBetween(before.minusSeconds(1), clock.instant().plusSeconds(1));
        assertThat(clock.trusted()).isTrue();
      }
    }

    private String show(Database database, String setting) throws SQLException {
      return database
          .jdbi()
          .withHandle(h -> h.createQuery("show " + setting).mapTo(String.class).one());
    }
  }

  /// What the driver and the pool expect of a socket, on the one that we made.
  @Nested
  class Sockets {
    @Test
    void networkTimeout_endsAWaitAndBreaksTheConnection() throws SQLException {
      try (Connection connection = connect()) {
        connection.setNetworkTimeout(Runnable::run, 200);

        assertThatThrownBy(() -> sleep(connection))
            .isInstanceOf(SQLException.class)
            .hasCauseInstanceOf(SocketTimeoutException.class);
        assertThat(connection.isClosed()).isTrue();
      }
    }

    @Test
    void timeoutsThatComeAndGo_loseNothing() throws SQLException {
      try (Connection connection = connect()) {
        for (int i = 0; i < 50; i++) {
          connection.setNetworkTimeout(Runnable::run, i % 2 == 0 ? 0 : 5_000);
          assertThat(length(connection, 100_000 + i)).isEqualTo(100_000 + i);
          assertThat(connection.isValid(5)).isTrue();
        }
      }
    }

    @Test
    void largeWriteUnderATimeout_arrivesWhole() throws SQLException {
      try (Connection connection = connect();
          var statement = connection.prepareStatement("select length(?)")) {
        connection.setNetworkTimeout(Runnable::run, 10_000);
        statement.setString(1, "x".repeat(8_000_000));
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          assertThat(row.getInt(1)).isEqualTo(8_000_000);
        }
      }
    }

    @Test
    void abortFromAnotherThread_endsAWait() throws Exception {
      for (int timeout : new int[] {0, 60_000}) {
        try (Connection connection = connect()) {
          connection.setNetworkTimeout(Runnable::run, timeout);
          CompletableFuture<Void> waiting = waitingFor(connection);

          connection.abort(Runnable::run);

          assertThatThrownBy(() -> waiting.get(5, TimeUnit.SECONDS))
              .isInstanceOf(ExecutionException.class)
              .hasCauseInstanceOf(SQLException.class);
        }
      }
    }

    @Test
    void interruptOfAVirtualThread_endsAWait() throws Exception {
      for (int timeout : new int[] {0, 60_000}) {
        try (Connection connection = connect()) {
          connection.setNetworkTimeout(Runnable::run, timeout);
          CompletableFuture<SQLException> end = new CompletableFuture<>();
          CountDownLatch begun = new CountDownLatch(1);
          Thread thread =
              Thread.ofVirtual()
                  .start(() -> {
                    begun.countDown();
                    try {
                      sleep(connection);
                    } catch (SQLException e) {
                      end.complete(e);
                    }
                  });
          begun.await();

          thread.interrupt();

          assertThat(end.get(5, TimeUnit.SECONDS).getCause())
              .isInstanceOfAny(InterruptedIOException.class, ClosedByInterruptException.class);
          assertThat(connection.isClosed()).isTrue();
        }
      }
    }

    @Test
    void poolReplacesABrokenConnection() throws SQLException {
      try (Database database =
          Database.open(postgres.address(), Database.Settings.USUAL.withConnections(1), ONE)) {
        try (Connection connection = database.dataSource().getConnection();
            Statement statement = connection.createStatement()) {
          assertThatThrownBy(
                  () -> statement.execute("select pg_terminate_backend(pg_backend_pid())"))
              .isInstanceOf(SQLException.class);
        }

        assertThat(database.durability().isSufficient()).isTrue();
      }
    }

    private CompletableFuture<Void> waitingFor(Connection connection) throws Exception {
      int backend = backend(connection);
      CompletableFuture<Void> waiting = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              sleep(connection);
              waiting.complete(null);
            } catch (SQLException e) {
              waiting.completeExceptionally(e);
            }
          });
      try (Connection other = connect();
          var asks = other.prepareStatement("select state from pg_stat_activity where pid = ?")) {
        asks.setInt(1, backend);
        Eventually.holds(() -> {
          try (ResultSet row = asks.executeQuery()) {
            row.next();
            return Objects.equals(row.getString(1), "active");
          }
        });
      }
      return waiting;
    }

    private Connection connect() throws SQLException {
      return postgres.address().dataSource().getConnection();
    }

    private void sleep(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("select pg_sleep(60)");
      }
    }

    private int backend(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
        row.next();
        return row.getInt(1);
      }
    }

    private int length(Connection connection, int length) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select repeat('x', " + length + ")")) {
        row.next();
        return Objects.requireNonNull(row.getString(1)).length();
      }
    }
  }
}
