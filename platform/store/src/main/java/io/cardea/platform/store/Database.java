package io.cardea.platform.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.postgresql.ds.PGSimpleDataSource;

/// The pool of connections to a PostgreSQL, embedded or one's own, with the schema of this release.
///
/// Guarantees that the database keeps what it acknowledged (else it does not open), that no
/// statement and no wait for a lock is without end, and that an open database has been migrated.
/// Does not guarantee that the database is there later: a connection is asked for in bounded time,
/// then an `SQLException` tells.
public final class Database implements AutoCloseable {
  /// Where the migrations of this release are on the class path.
  public static final String MIGRATIONS = Schema.MIGRATIONS;

  /// Statements over arrays keep the plan that they got when the tables were small, or had just
  /// been filled; so on these connections a plan that reads a whole table is never the cheap one.
  /// And it is kept: the first groups after a start are small, so their own plans look cheaper than
  /// one for any size, and PostgreSQL would plan each read anew for ever, which costs more than the
  /// read.
  private static final String DOOR_PLANS =
      " -c enable_seqscan=off -c enable_mergejoin=off -c jit=off"
          + " -c plan_cache_mode=force_generic_plan";

  private static final int DOOR_CONNECTIONS = 32; // as many as writers and readers may be set to

  private final DatabaseAddress address;
  private final HikariDataSource pool;
  private final HikariDataSource door;
  private final Jdbi jdbi;

  private Database(DatabaseAddress address, HikariDataSource pool, HikariDataSource door) {
    this.address = address;
    this.pool = pool;
    this.door = door;
    this.jdbi = Jdbi.create(pool).installPlugin(new PostgresPlugin());
  }

  /// How the pool behaves. The application's name is what the database's own views show.
  public record Settings(
      int connections,
      Duration statementTimeout,
      Duration lockTimeout,
      Duration connectTimeout,
      String applicationName) {
    public static final Settings USUAL =
        new Settings(
            12,
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            "cardea-server");

    public Settings {
      if (connections < 1 || connections > 500) {
        throw new IllegalArgumentException("connections: " + connections + " (expected: 1 to 500)");
      }
      if (!applicationName.matches("[a-z][a-z0-9-]{0,62}")) {
        throw new IllegalArgumentException(
            "application name: " + applicationName + " (expected: lower case, digits, hyphens)");
      }
    }

    private Settings named(String name) {
      return new Settings(connections, statementTimeout, lockTimeout, connectTimeout, name);
    }

    public Settings withConnections(int count) {
      return new Settings(count, statementTimeout, lockTimeout, connectTimeout, applicationName);
    }
  }

  /// Connects, migrates and checks durability.
  ///
  /// @throws DatabaseUnusableException with one line that says what to do
  public static Database open(DatabaseAddress address, Settings settings, String... migrations) {
    requireUsable(address, false);
    Schema.migrate(
        address, Optional.empty(), migrations.length == 0 ? new String[] {MIGRATIONS} : migrations);
    return pooled(address, settings, Optional.of(Schema.REFUSES_WHILE_RESTORING));
  }

  /// Opens a database whose restore is not finished, for the one who finishes it.
  public static Database openRestoring(DatabaseAddress address, Settings settings) {
    requireUsable(address, true);
    return pooled(address, settings.named("cardea-restore"), Optional.empty());
  }

  private static Database pooled(
      DatabaseAddress address, Settings settings, Optional<String> first) {
    HikariDataSource pool = pool(address, settings, "", settings.connections(), first);
    return new Database(
        address, pool, pool(address, settings, DOOR_PLANS, DOOR_CONNECTIONS, first));
  }

  /// @param first a statement that each new connection begins with
  private static HikariDataSource pool(
      DatabaseAddress address,
      Settings settings,
      String plans,
      int connections,
      Optional<String> first) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(settings.applicationName() + (plans.isEmpty() ? "" : "-door"));
    config.setDataSource(pooledSource(address, settings, plans));
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(Math.min(2, connections));
    config.setConnectionTimeout(settings.connectTimeout().toMillis());
    config.setInitializationFailTimeout(settings.connectTimeout().toMillis());
    first.ifPresent(config::setConnectionInitSql);
    config.setMaxLifetime(Duration.ofMinutes(30).toMillis());
    return new HikariDataSource(config);
  }

  private static PGSimpleDataSource pooledSource(
      DatabaseAddress address, Settings settings, String plans) {
    PGSimpleDataSource source = address.pgDataSource();
    source.setApplicationName(settings.applicationName());
    source.setConnectTimeout((int) Math.max(1, settings.connectTimeout().toSeconds()));
    source.setTcpKeepAlive(true);
    // Beyond the server's own limit: it notices a network that swallows everything.
    source.setSocketTimeout((int) settings.statementTimeout().toSeconds() + 15);
    source.setOptions(
        "-c statement_timeout="
            + settings.statementTimeout().toMillis()
            + " -c lock_timeout="
            + settings.lockTimeout().toMillis()
            + " -c idle_in_transaction_session_timeout="
            + settings.statementTimeout().multipliedBy(2).toMillis()
            + plans);
    return source;
  }

  private static void requireUsable(DatabaseAddress address, boolean restoring) {
    Durability durability;
    try (Connection connection = address.dataSource().getConnection()) {
      if (Schema.isBeingRestored(connection) != restoring) {
        throw new DatabaseUnusableException(
            restoring
                ? address + " is not being restored"
                : address
                    + " is half restored: run the same cardea restore again, it begins anew, and"
                    + " no server serves from it before it is through");
      }
      durability = Durability.of(connection);
    } catch (SQLException e) {
      throw new DatabaseUnusableException(
          "cannot connect to " + address + " (" + e.getMessage() + "): check database.*", e);
    }
    if (!durability.isSufficient()) {
      throw new DatabaseUnusableException(
          address
              + " may lose what it acknowledged ("
              + durability
              + "): turn these on for the database and its user");
    }
  }

  public Jdbi jdbi() {
    return jdbi;
  }

  public DataSource dataSource() {
    return pool;
  }

  /// Connections for what devices wait for, apart from those of people.
  DataSource doorDataSource() {
    return door;
  }

  /// Connections beside the pool, without its limits of time.
  public DatabaseAddress address() {
    return address;
  }

  public Durability durability() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return Durability.of(connection);
    }
  }

  /// Takes back every connection; statements in flight fail.
  @Override
  public void close() {
    door.close();
    pool.close();
  }
}
