package io.cardea.platform.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.StatusListener;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.platform.store.embedded.TestHome;
import java.io.IOException;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusWatchTest {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static TestHome folder;
  private static EmbeddedPostgres postgres;
  private static Database database;

  private final Heard heard = new Heard();
  private StatusWatch watch;

  /// What a listener was told.
  private static final class Heard implements StatusListener {
    private final Queue<Serial> changed = new ConcurrentLinkedQueue<>();
    private final Queue<Long> positions = new ConcurrentLinkedQueue<>();
    private final AtomicLong losses = new AtomicLong();
    private final AtomicLong confirmed = new AtomicLong();

    @Override
    public void moved(AuthorityId authority, int shard, long position) {
      positions.add(position);
    }

    @Override
    public void changed(AuthorityId authority, List<Serial> serials) {
      changed.addAll(serials);
    }

    @Override
    public void lost() {
      losses.incrementAndGet();
    }

    @Override
    public void confirmed(long nanos) {
      confirmed.incrementAndGet();
    }
  }

  @BeforeAll
  static void start() throws IOException {
    folder = new TestHome();
    postgres = EmbeddedPostgres.start(folder.resolve("db"));
    database = Database.open(postgres.address(), Database.Settings.USUAL);
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
    postgres.close();
    folder.close();
  }

  @BeforeEach
  void watch() throws SQLException {
    sql("truncate revocation, crl_shard");
    revoke(1);
    watch = StatusWatch.start(database, heard);
    await(() -> heard.confirmed.get() > 0);
  }

  @AfterEach
  void close() {
    watch.close();
  }

  /// As the release before this one writes it: without a position, and without a word to anybody.
  private static void revoke(int serial) throws SQLException {
    sql(
        """
        insert into revocation (credential, authority, shard, serial, reason, revoked_at, not_after)
        values (gen_random_uuid(), 'a', 0, '\\x%02x', 4, 'epoch', 'epoch')
        """
            .formatted(serial));
  }

  private static void sql(String text) throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static Serial serial(int number) {
    return new Serial(BigInteger.valueOf(number));
  }

  @Test
  void whatWasRevokedBefore_isNoNews() {
    assertThat(heard.changed).isEmpty();
    assertThat(heard.positions).containsExactly(1L);
  }

  @Test
  void changeThatNobodyWasNotifiedOf_isFound() throws SQLException {
    revoke(2);
    revoke(3);

    await(() -> heard.changed.size() == 2);
    assertThat(heard.changed).containsExactly(serial(2), serial(3));
    assertThat(heard.positions).endsWith(3L);
  }

  @Test
  void changeThatCommitsLate_isNotMissed() throws SQLException {
    try (Connection late = postgres.address().dataSource().getConnection();
        Statement statement = late.createStatement()) {
      late.setAutoCommit(false);
      statement.execute(
          """
          insert into revocation
            (credential, authority, shard, serial, reason, revoked_at, not_after)
          values (gen_random_uuid(), 'b', 0, '\\x07', 4, 'epoch', 'epoch')
          """);
      revoke(2);
      await(() -> heard.changed.contains(serial(2)));
      long looked = heard.confirmed.get();
      await(() -> heard.confirmed.get() > looked + 1);
      late.commit();
    }

    await(() -> heard.changed.contains(serial(7)));
  }

  @Test
  void lostConnection_isTakenUpAgainAndMissesNothing() throws SQLException {
    sql(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'cardea-status-watch'
        """);
    revoke(2);

    await(() -> heard.changed.contains(serial(2)));
  }

  @Test
  void databaseOfYesterday_makesEverythingVoid() throws SQLException {
    revoke(2);
    await(() -> heard.positions.contains(2L));
    sql("update crl_shard set position = 1, changed_in = pg_current_xact_id()");

    await(() -> heard.losses.get() == 1);
  }
}
