package io.cardea.platform.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// One data directory for all tests here: each leaves it with nobody in it.
class EmbeddedPostgresTest {
  private static TestHome folder;
  private static Path home;

  @BeforeAll
  static void makeDatabase() throws Exception {
    folder = new TestHome();
    home = folder.resolve("db");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      update(postgres, "create table kept (who text)");
    }
  }

  @AfterAll
  static void deleteDatabase() throws IOException {
    folder.close();
  }

  @BeforeEach
  void forget() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      update(postgres, "truncate kept");
    }
  }

  @Test
  void running_isFoundBesideTheServerAndNotAfterIt() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(EmbeddedPostgres.running(home)).contains(postgres.address());
    }
    assertThat(EmbeddedPostgres.running(home)).isEmpty();
  }

  @Test
  void start_isDurableAndShutToStrangers() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(ask(postgres, "show fsync")).isEqualTo("on");
      assertThat(ask(postgres, "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(postgres, "show full_page_writes")).isEqualTo("on");
      assertThat(ask(postgres, "show data_checksums")).isEqualTo("on");
      assertThat(ask(postgres, "show max_wal_size")).isEqualTo("2GB");
      assertThat(ask(postgres, "show listen_addresses")).isEmpty();
      assertThat(ask(postgres, "show server_encoding")).isEqualTo("UTF8");
      assertThat(ask(postgres, "select datcollate from pg_database where datname = 'cardea'"))
          .isEqualTo("C");
      assertThat(
              ask(postgres, "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"))
          .isEqualTo("scram-sha-256");
      assertThat(permissions(home.resolve("run"))).isEqualTo("rwx------");
      assertThat(permissions(home.resolve("data"))).isEqualTo("rwx------");
      assertThat(permissions(home.resolve("password"))).isEqualTo("rw-------");
      assertThat(home.resolve("run/password")).doesNotExist();
    }
  }

  @Test
  void durableSettings_areNotForTuning() {
    assertThatThrownBy(() -> EmbeddedPostgres.start(home, Map.of("fsync", "off")))
        .isInstanceOf(StoreStartException.class)
        .hasMessageContaining("fsync");
  }

  @Test
  void restart_keepsDataAndIsQuick() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      update(postgres, "insert into kept values ('me')");
    }

    long began = System.nanoTime();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      assertThat(who(postgres)).isEqualTo("me");
      assertThat(took).isLessThan(Duration.ofSeconds(8)); // usually 0.4 s; machines are shared
    }
  }

  @Test
  void password_isNeeded() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThatThrownBy(
              () -> DriverManager.getConnection(postgres.address().url(), "cardea", "wrong"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      assertThat(postgres.address().toString()).doesNotContain(postgres.address().password());
    }
  }

  @Test
  void password_isInNoProcessList() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(LiveProcess.all().toString()).doesNotContain(postgres.address().password());
    }
  }

  @Test
  void killOfPostmaster_isMendedWhileRunning() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      update(postgres, "insert into kept values ('me')");
      long killed = postgres.pid();

      Signal.KILL.sendTo(killed);

      assertThat(whoInTheEnd(postgres)).isEqualTo("me");
      assertThat(postgres.pid()).isNotEqualTo(killed);
    }
  }

  @Test
  void killOfTheServer_losesNothingAndTheNextOneStarts() throws Exception {
    try (ServerProcess server = ServerProcess.start(home, List.of())) {
      assertThat(server.firstLine()).startsWith("ready ");
      server.kill();
    }

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(who(postgres)).isEqualTo("helper");
    }
  }

  @Test
  void killOfServerAndPostmaster_losesNothingAndTheNextOneStarts() throws Exception {
    try (ServerProcess server = ServerProcess.start(home, List.of())) {
      server.kill();
      Signal.KILL.sendTo(server.postgresPid());
    }

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(who(postgres)).isEqualTo("helper");
    }
  }

  @Test
  void secondServer_isRefusedAndTheFirstGoesOn() throws Exception {
    try (ServerProcess first = ServerProcess.start(home, List.of());
        ServerProcess second = ServerProcess.start(home, List.of())) {
      assertThat(second.firstLine())
          .startsWith("refused ")
          .contains("in use by process " + first.pid());
      assertThatThrownBy(() -> EmbeddedPostgres.start(home))
          .isInstanceOf(StoreStartException.class)
          .hasMessageContaining("in use by process " + first.pid());
      assertThat(LiveProcess.of(first.postgresPid())).isPresent();
    }
  }

  @Test
  void secondStartInTheSameProcess_isRefusedAndTheLockHolds() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(home))
          .hasMessageContaining("in use by this process");
      try (ServerProcess other = ServerProcess.start(home, List.of())) {
        assertThat(other.firstLine()).contains("in use by process");
      }
      assertThat(who(postgres)).isNull();
    }
  }

  @Test
  void staleLockFilesWithTheNumberOfAnotherProcess_doNotBar() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try {
      plantLockFiles(stranger.pid());

      EmbeddedPostgres.start(home).close();

      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  @Test
  void staleLockFilesWithTheNumberOfAZombie_doNotBar() throws Exception {
    // The shell's child ends when its input does, and the sleep that the shell has become by then
    // never asks after it.
    Process parent =
        new ProcessBuilder("sh", "-c", "exec 3<&0; (read go <&3) & echo $!; exec sleep 60").start();
    try {
      String zombie = parent.inputReader().readLine();
      Path name = Path.of("/proc", "" + parent.pid(), "comm");
      Eventually.holds(() -> Files.readString(name).strip().equals("sleep"));
      parent.getOutputStream().close();
      Path stat = Path.of("/proc", zombie, "stat");
      Eventually.holds(() -> Files.readString(stat).contains(") Z "));
      plantLockFiles(Long.parseLong(zombie));

      EmbeddedPostgres.start(home).close();

      assertThat(Files.readString(stat)).contains(") Z ");
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void orphanedPostmaster_isStoppedAndReplaced() throws Exception {
    Process orphan = byHand(List.of("-D", home.resolve("data").toString()), Map.of());

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      assertThat(who(postgres)).isNull();
      assertThat(orphan.isAlive()).isFalse();
    } finally {
      orphan.destroyForcibly().waitFor();
    }
  }

  @Test
  void postmasterStartedByHand_isNotTouched() throws Exception {
    Process foreign = byHand(List.of(), Map.of("PGDATA", home.resolve("data").toString()));
    try {
      assertThatThrownBy(() -> EmbeddedPostgres.start(home))
          .isInstanceOf(StoreStartException.class)
          .hasMessageContaining("held by the live process " + foreign.pid());
      assertThat(foreign.isAlive()).isTrue();
    } finally {
      Signal.INT.sendTo(foreign.pid());
      foreign.waitFor();
    }
  }

  @Test
  void deepDirectory_getsAShortSocket() throws Exception {
    Path deep = folder.resolve("d".repeat(60)).resolve("e".repeat(60));
    Files.createDirectories(deep);
    Path sockets;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(deep)) {
      sockets = Path.of(Files.readString(deep.resolve("socket-directory")));
      assertThat(permissions(sockets)).isEqualTo("rwx------");
      assertThat(ask(postgres, "select 'there'")).isEqualTo("there");
    }
    assertThat(sockets).doesNotExist();
  }

  @Test
  void otherMajorVersion_isRefusedWithTheWayOut() throws Exception {
    Path old = folder.resolve("old");
    Files.createDirectories(old.resolve("data"));
    Files.writeString(old.resolve("data/PG_VERSION"), "16\n");
    ServiceUser.forCluster(home.resolve("data")).own(old.resolve("data"), "rwx------");

    assertThatThrownBy(() -> EmbeddedPostgres.start(old))
        .hasMessageContaining("made by PostgreSQL 16")
        .hasMessageContaining("cardea backup");
  }

  @Test
  void lostPasswordFile_isSaidAtOnce() throws Exception {
    Path moved = folder.resolve("moved-password");
    Files.move(home.resolve("password"), moved);
    try {
      assertThatThrownBy(() -> EmbeddedPostgres.start(home))
          .hasMessageContaining("password is missing");
    } finally {
      Files.move(moved, home.resolve("password"));
    }
  }

  private static void plantLockFiles(long pid) throws IOException {
    String text = pid + "\n" + home.resolve("data") + "\n1\n5432\n" + home.resolve("run") + "\n\n";
    ServiceUser user = ServiceUser.forCluster(home.resolve("data"));
    for (String name : List.of("data/postmaster.pid", "run/.s.PGSQL.5432.lock")) {
      Files.writeString(home.resolve(name), text);
      user.own(home.resolve(name), "rw-------");
    }
  }

  private static Process byHand(List<String> arguments, Map<String, String> environment)
      throws Exception {
    ServiceUser user = ServiceUser.forCluster(home.resolve("data"));
    PostgresBinaries programs =
        PostgresBinaries.unpackedIn(PostgresBinaries.usualCaches(user.isRoot(), home));
    List<String> command = new java.util.ArrayList<>();
    command.add(programs.program("postgres").toString());
    command.addAll(arguments);
    command.addAll(List.of("-c", "listen_addresses="));
    command.addAll(List.of("-c", "unix_socket_directories=" + home.resolve("run")));
    ProcessBuilder builder = new ProcessBuilder(user.running(command)).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process = builder.start();
    Cluster cluster = new Cluster(home.resolve("data"), home.resolve("run"), user.uid());
    Eventually.holds(() -> cluster.isReady(process.pid()));
    return process;
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static String whoInTheEnd(EmbeddedPostgres postgres) throws Exception {
    return Eventually.succeeds(SQLException.class, () -> who(postgres));
  }

  private static String who(EmbeddedPostgres postgres) throws SQLException {
    return ask(postgres, "select max(who) from kept");
  }

  private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void update(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = postgres.address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
