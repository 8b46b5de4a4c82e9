package io.cardea.apps.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an operator does for the day on which the machine is gone.
class BackupCommandTest extends ProductTest {
  @Test
  void server_isBackedUpWhileItRuns_andRisesAgainElsewhere() throws Exception {
    Path log = folder.resolve("server.log");
    Process server = run(log, "server", "--config", configuration.toString());
    awaitLine(log, "administrator's token");
    assertThat(ends("device", "register", "pump-1", "--class", "device")).isZero();
    Path file = folder.resolve("backup");

    killInTheMiddle(file);
    assertThat(ends("backup", file.toString(), "--config", "cardea.yaml", "-o", "json")).isZero();
    JsonNode made = said();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("backup.partial")).doesNotExist();
    String config = configuration.toString();
    assertThat(endsHere("backup", file.toString(), "--config", config)).isEqualTo(1);
    assertThat(command()).contains("is there already");
    assertThat(endsHere("backup", file + "2", "--config", config, "--with-wrapping-key"))
        .isEqualTo(1);
    assertThat(command()).contains("leaves for a recipient alone");
    assertThat(folder.resolve("backup2")).doesNotExist();
    diskIsFull();
    intoAPipe();

    assertThat(ends("device", "register", "pump-2", "--class", "device")).isZero();
    assertThat(
            endsHere(
                "backup",
                "verify",
                file.toString(),
                "-o",
                "json",
                "--wrapping-key",
                data.resolve("wrapping.key").toString()))
        .isZero();
    JsonNode verified = said();
    assertThat(verified.path("digest")).isEqualTo(made.path("digest"));
    assertThat(verified.path("seal").asString()).isEqualTo("right");
    assertThat(verified.path("rows").path("device").asInt()).isEqualTo(1);
    assertThat(ends("ledger", "list", "--all")).isZero();
    assertThat(command()).contains("backup.begun", "backup.made");

    server.destroy();
    assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    Path wrapping = data.resolve("wrapping.key");
    Path other = folder.resolve("other");
    assertThat(endsHere("restore", file.toString(), "--data", other.toString())).isZero();
    assertThat(command()).contains("Put the server's wrapping.key at");
    Files.copy(wrapping, other.resolve("wrapping.key"));
    Files.setPosixFilePermissions(
        other.resolve("wrapping.key"), PosixFilePermissions.fromString("rw-------"));
    Files.copy(data.resolve("administrator.token"), other.resolve("administrator.token"));
    Files.setPosixFilePermissions(
        other.resolve("administrator.token"), PosixFilePermissions.fromString("rw-------"));

    assertThat(endsHere("restore", file.toString(), "--data", other.toString())).isEqualTo(1);
    assertThat(command()).contains("not empty", "--force");

    Files.writeString(
        configuration, Files.readString(configuration).replace(data.toString(), other.toString()));
    Path again = folder.resolve("again.log");
    run(again, "server", "--config", configuration.toString());
    awaitLine(again, "administrator's token");
    assertThat(ends("device", "list", "-o", "json", "--data-directory", other.toString())).isZero();
    assertThat(command()).contains("pump-1").doesNotContain("pump-2");
    assertThat(ends("ledger", "list", "--all", "--data-directory", other.toString())).isZero();
    assertThat(command()).contains("backup.begun", "backup.restored");
    assertThat(again).content().doesNotContain("ERROR", "Exception");
  }

  /// No file may be longer than 2 KiB, which fails as a full disk does: in the middle.
  private void diskIsFull() throws Exception {
    ProcessBuilder backup = command("backup", "full", "--config", "cardea.yaml");
    List<String> limited = new ArrayList<>(List.of("bash", "-c", "ulimit -f 2; exec \"$@\"", "sh"));
    limited.addAll(backup.command());
    Path said = folder.resolve("said");
    Process process =
        start(backup.command(limited).redirectErrorStream(true).redirectOutput(said.toFile()));

    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(ExitCode.REFUSED);
    assertThat(said).content().contains("No backup was made", "File too large");
    assertThat(folder.resolve("full")).doesNotExist();
    assertThat(folder.resolve("full.partial")).doesNotExist();
  }

  private void intoAPipe() throws Exception {
    Path piped = folder.resolve("piped");
    Path said = folder.resolve("said");
    Process whole =
        start(
            command("backup", "-", "--config", "cardea.yaml")
                .redirectOutput(piped.toFile())
                .redirectError(said.toFile()));
    assertThat(whole.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(whole.exitValue()).as(Files.readString(said)).isZero();
    assertThat(said).content().contains("digest");
    assertThat(endsHere("backup", "verify", piped.toString())).isZero();

    Process full =
        start(
            command("backup", "-", "--config", "cardea.yaml")
                .redirectOutput(Path.of("/dev/full").toFile())
                .redirectError(said.toFile()));
    assertThat(full.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(full.exitValue()).isEqualTo(ExitCode.REFUSED);
    assertThat(said).content().contains("No space left");
  }

  /// Held at one of its tables by a lock, and killed there.
  private void killInTheMiddle(Path file) throws Exception {
    DatabaseAddress database = EmbeddedPostgres.running(data.resolve("postgres")).orElseThrow();
    try (Connection holder = database.dataSource().getConnection();
        Connection watcher = database.dataSource().getConnection();
        Statement lock = holder.createStatement();
        Statement activity = watcher.createStatement()) {
      holder.setAutoCommit(false);
      lock.execute("lock table device in access exclusive mode");
      Process backup =
          run(folder.resolve("killed"), "backup", file.toString(), "--config", "cardea.yaml");
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!isHeld(activity)) {
        assertThat(System.nanoTime() - end).isNegative();
        assertThat(backup.waitFor(50, TimeUnit.MILLISECONDS)).isFalse();
      }
      backup.destroyForcibly().waitFor();
    }
    assertThat(file).doesNotExist();
    assertThat(folder.resolve("backup.partial")).exists();
  }

  private static boolean isHeld(Statement activity) throws SQLException {
    try (ResultSet result =
        activity.executeQuery(
            """
            select 1 from pg_stat_activity
            where wait_event_type = 'Lock' and query like 'copy%' and pid <> pg_backend_pid()
            """)) {
      return result.next();
    }
  }

  @Test
  void damagedFile_isToldFromAGoodOne() throws Exception {
    Path file = folder.resolve("not");
    Files.writeString(file, "not a backup at all");

    assertThat(endsHere("backup", "verify", file.toString())).isEqualTo(ExitCode.REFUSED);
    assertThat(command()).contains("not a backup of Cardea").doesNotContain("\tat ");
    assertThat(endsHere("restore", file.toString(), "--data", folder.resolve("x").toString()))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(folder.resolve("x")).doesNotExist();
    assertThat(endsHere("backup")).isEqualTo(ExitCode.USAGE);
    assertThat(endsHere("restore", file.toString())).isEqualTo(ExitCode.USAGE);
  }

  /// The same in this process: a command that starts nothing needs none of its own.
  private int endsHere(String... words) throws Exception {
    try (PrintWriter said =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("command")), true)) {
      return Cardea.commandLine(said, said).execute(words);
    }
  }

  private String command() throws Exception {
    return Files.readString(folder.resolve("command"));
  }

  private JsonNode said() throws Exception {
    return JsonMapper.shared().readTree(command());
  }
}
