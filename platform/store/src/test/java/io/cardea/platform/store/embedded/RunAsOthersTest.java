package io.cardea.platform.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What root does to run PostgreSQL, and what an ordinary user does. Only root can play both.
class RunAsOthersTest {
  private static final int NOBODY = 65534;

  private TestHome folder;

  @BeforeEach
  void makeFolder() throws IOException {
    assumeTrue(
        (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "this test needs root");
    folder = new TestHome();
  }

  @AfterEach
  void deleteFolder() throws IOException {
    if (folder != null) {
      folder.close();
    }
  }

  @Test
  void ordinaryUser_runsItAsOneself() throws Exception {
    Path home = folder.resolve("db");
    Files.createDirectory(home);
    Files.setAttribute(home, "unix:uid", NOBODY);
    Path jars = Files.createDirectory(folder.resolve("jars"));
    Files.setPosixFilePermissions(jars, PosixFilePermissions.fromString("rwxr-xr-x"));

    try (ServerProcess server =
        ServerProcess.start(home, as(NOBODY), ServerProcess.readableClassPath(jars))) {
      assertThat(server.firstLine()).startsWith("ready ");
      long pid = server.postgresPid();
      assertThat(LiveProcess.of(pid).orElseThrow().uid()).isEqualTo(NOBODY);
      server.kill();
      Eventually.holds(() -> LiveProcess.of(pid).isEmpty()); // the kernel's signal at our death
    }
  }

  @Test
  void root_givesItToAUserWithoutRightsAndKeepsOthersOut() throws Exception {
    Path home = folder.resolve("db");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home)) {
      String status = Files.readString(Path.of("/proc/" + postgres.pid() + "/status"));
      assertThat(status)
          .containsPattern("CapEff:\\s+0000000000000000")
          .containsPattern("NoNewPrivs:\\s+1")
          .containsPattern("Groups:\\s*\n");
      assertThat(LiveProcess.of(postgres.pid()).orElseThrow().uid()).isNotZero();
      for (String door : List.of("run", "data", "password")) {
        assertThat(runAs(12_345, "test", "-x", home.resolve(door).toString())).as(door).isNotZero();
        assertThat(runAs(12_345, "test", "-r", home.resolve(door).toString())).as(door).isNotZero();
      }
    }
  }

  @Test
  void rootWithoutCapabilities_isToldWhatToDo() throws Exception {
    List<String> dropped = List.of("setpriv", "--bounding-set", "-all", "--inh-caps", "-all");
    try (ServerProcess server = ServerProcess.start(folder.resolve("db"), dropped)) {
      assertThat(server.firstLine())
          .startsWith("refused started as root without [CAP_CHOWN")
          .contains("database.url");
    }
  }

  @Test
  void rootWithoutSetpriv_isToldWhatToDo() throws Exception {
    assertThatThrownBy(() -> ServiceUser.forCluster(folder.resolve("db"), List.of("/nonexistent")))
        .isInstanceOf(StoreStartException.class)
        .hasMessageContaining("install util-linux");
  }

  @Test
  void directoryOutOfReach_isNamed() throws Exception {
    Path barred = Files.createDirectory(folder.resolve("private"));
    Files.setPosixFilePermissions(barred, PosixFilePermissions.fromString("rwx------"));

    assertThatThrownBy(() -> EmbeddedPostgres.start(barred.resolve("db")))
        .isInstanceOf(StoreStartException.class)
        .hasMessageContaining("cannot enter " + barred.toRealPath())
        .hasMessageContaining("/var/lib/cardea");
  }

  private static List<String> as(int uid) {
    return List.of("setpriv", "--reuid", "" + uid, "--regid", "" + uid, "--clear-groups", "--");
  }

  private static int runAs(int uid, String... command) throws Exception {
    List<String> line = new java.util.ArrayList<>(as(uid));
    line.addAll(List.of(command));
    return new ProcessBuilder(line).start().waitFor();
  }
}
