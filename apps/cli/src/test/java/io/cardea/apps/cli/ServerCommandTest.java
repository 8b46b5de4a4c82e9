package io.cardea.apps.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole product as processes: what an operator types, and what is then on the disk.
class ServerCommandTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SIGTERM = 128 + 15;

  /// Below the temporary directory directly: as root, the database's user has to get there.
  private Path folder;

  private Path data;
  private Path configuration;
  private int api;
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void configure() throws IOException {
    folder = Files.createTempDirectory("cardea-server-command");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    data = folder.resolve("data");
    api = freePort();
    configuration = folder.resolve("cardea.yaml");
    int http = freePort();
    Files.writeString(
        configuration,
        """
        public.url: http://localhost:%d
        data.directory: %s
        device.listen: 127.0.0.1:0
        api.listen: 127.0.0.1:%d
        http.listen: 127.0.0.1:%d
        """
            .formatted(http, data, api, http));
  }

  @AfterEach
  void clear() throws Exception {
    for (Process process : processes) {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void server_startsServesAndStops_andItsTokenIsRecoveredBesideItAndWithoutIt() throws Exception {
    Path log = folder.resolve("server.log");
    Process server = run(log, "server", "--config", configuration.toString());
    awaitLine(log, "administrator's token");
    Path token = data.resolve("administrator.token");
    String first = Files.readString(token);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        .isEqualTo("rw-------");
    assertThat(ends("device", "register", "pump-1", "--class", "device")).isZero();

    assertThat(ends("server", "recover-token", "--config", configuration.toString())).isZero();
    String second = Files.readString(token);
    assertThat(second).isNotEqualTo(first);
    // The server remembers tokens for a second, and this JVM starts no faster than that.
    assertThat(kinds()).endsWith("device.registered", "api-token.recovered");
    Files.writeString(folder.resolve("old"), first);
    Files.setPosixFilePermissions(
        folder.resolve("old"), PosixFilePermissions.fromString("rw-------"));
    assertThat(ends("device", "list", "--token-file", folder.resolve("old").toString()))
        .isEqualTo(ExitCode.REFUSED);

    server.destroy();
    assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(SIGTERM);
    assertThat(log).content().contains("stopped").doesNotContain("WARN", "ERROR", "Exception");

    assertThat(ends("server", "recover-token", "--config", configuration.toString())).isZero();
    Path again = folder.resolve("again.log");
    run(again, "server", "--config", configuration.toString());
    awaitLine(again, "administrator's token");
    assertThat(Files.readString(token)).isNotEqualTo(second);
    assertThat(kinds())
        .contains("api-token.created")
        .endsWith("api-token.recovered", "api-token.recovered", "server-certificate.issued");
    for (String secret : List.of(first, second, Files.readString(token))) {
      assertThat(Files.readString(log) + Files.readString(again)).doesNotContain(secret.strip());
    }
  }

  @Test
  void server_withMistakesInItsFile_saysAllOfThemAndDoesNotStart() throws Exception {
    Files.writeString(configuration, "public.ulr: http://localhost\ndrain.timeout: soon\n");
    Path out = folder.resolve("out");

    Process server = run(out, "server", "--config", configuration.toString());

    assertThat(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(ExitCode.REFUSED);
    assertThat(out)
        .content()
        .contains("public.ulr", "public.url", "drain.timeout", "soon")
        .doesNotContain("\tat ");
    assertThat(data).doesNotExist();
  }

  @Test
  void recoverToken_whereNoServerEverRan_saysSo() throws Exception {
    assertThat(ends("server", "recover-token", "--config", configuration.toString()))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(folder.resolve("command")).content().contains("no server was ever started here");
  }

  private List<String> kinds() throws Exception {
    assertThat(ends("ledger", "list", "--all", "--output", "json")).isZero();
    return Files.readAllLines(folder.resolve("command")).stream()
        .map(line -> JsonMapper.shared().readTree(line))
        .map(entry -> entry.path("kind"))
        .map(JsonNode::asString)
        .toList();
  }

  /// Runs a command to its end; what it says is in the file `command`.
  private int ends(String... words) throws Exception {
    Process process = run(folder.resolve("command"), words);
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private Process run(Path out, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Cardea.class.getName()));
    command.addAll(List.of(words));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("CARDEA_SERVER", "https://127.0.0.1:" + api);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private void awaitLine(Path log, String text) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(log) || !Pattern.compile(text).matcher(Files.readString(log)).find()) {
      assertThat(System.nanoTime() - end).as(Files.readString(log)).isNegative();
      assertThat(processes.getLast().waitFor(50, TimeUnit.MILLISECONDS))
          .as(Files.readString(log))
          .isFalse();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
