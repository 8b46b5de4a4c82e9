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

/// Commands of the whole product as processes, in a folder of their own.
abstract class ProductTest {
  static final Duration PATIENCE = Duration.ofMinutes(2);
  static final int SIGTERM = 128 + 15;

  /// Below the temporary directory directly: as root, the database's user has to get there.
  Path folder;

  Path data;
  Path configuration;
  int api;
  final List<Process> processes = new ArrayList<>();

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

  /// Runs a command to its end; what it says is in the file `command`.
  int ends(String... words) throws Exception {
    Process process = run(folder.resolve("command"), words);
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  Process run(Path out, String... words) throws IOException {
    return start(command(words).redirectErrorStream(true).redirectOutput(out.toFile()));
  }

  Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  ProcessBuilder command(String... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Cardea.class.getName()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("CARDEA_SERVER", "https://127.0.0.1:" + api);
    return builder;
  }

  void awaitLine(Path log, String text) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(log) || !Pattern.compile(text).matcher(Files.readString(log)).find()) {
      assertThat(System.nanoTime() - end).as(Files.readString(log)).isNegative();
      assertThat(processes.getLast().waitFor(50, TimeUnit.MILLISECONDS))
          .as(Files.readString(log))
          .isFalse();
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
