package io.cardea.trials.interop;

import io.cardea.apps.cli.Cardea;
import io.cardea.apps.fleet.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Two terminals in one empty folder, into which the blocks of a document are typed.
///
/// What differs from a reader's: `cardea` is the one of this build, so that nothing is built again;
/// the three ports are free ones, by the environment and in the text; and the data directory is
/// `.cardea` for root as well.
final class Terminals implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private final Path folder;
  private final Bash bash;
  private final Map<String, String> ports = new HashMap<>();
  private final List<Process> servers = new ArrayList<>();
  private final StringBuilder said = new StringBuilder();

  private Terminals(Path folder) {
    this.folder = folder;
    this.bash = new Bash(folder);
  }

  static Terminals open() throws IOException {
    Path folder = Files.createTempDirectory("documents");
    // Started by root, the database runs as somebody else, who must be able to enter.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Terminals terminals = new Terminals(folder);
    terminals.writeLauncher();
    terminals.choosePorts();
    return terminals;
  }

  private void writeLauncher() throws IOException {
    Path launcher = folder.resolve("cardea");
    Files.writeString(
        launcher,
        """
        #!/bin/sh
        exec '%s' --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \\
          -Djava.security.properties='%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \\
          -cp '%s' %s "$@"
        """
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Documents.root()
                    .resolve(
                        "platform/keys/src/main/resources/io/cardea/platform/keys/java.security"),
                System.getProperty("java.class.path"),
                Cardea.class.getName()));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    bash.with("PATH", folder + ":" + System.getenv("PATH"));
  }

  private void choosePorts() throws IOException {
    Ports free = Ports.free();
    ports.put("8443", Integer.toString(free.devices()));
    ports.put("9443", Integer.toString(free.people()));
    ports.put("8080", Integer.toString(free.http()));
    bash.with("CARDEA_DEVICE_LISTEN", "127.0.0.1:" + ports.get("8443"))
        .with("CARDEA_API_LISTEN", "127.0.0.1:" + ports.get("9443"))
        .with("CARDEA_HTTP_LISTEN", "127.0.0.1:" + ports.get("8080"))
        .with("CARDEA_SERVER", "https://127.0.0.1:" + ports.get("9443"))
        .with("CARDEA_DATA_DIRECTORY", folder.resolve(".cardea").toString());
  }

  Path folder() {
    return folder;
  }

  /// What the commands printed so far.
  String said() {
    return said.toString();
  }

  /// Types the blocks of shell in their order: those that serve into a terminal of their own, all
  /// others into one.
  ///
  /// @return how many commands the shell ran, those that serve not counted
  int type(List<Documents.Block> blocks) throws IOException, InterruptedException {
    StringBuilder lines = new StringBuilder();
    for (Documents.Block block : blocks) {
      if (!block.isShell() || block.manner().startsWith("no-run")) {
        continue;
      }
      if (block.manner().equals("until-stopped")) {
        if (!lines.isEmpty()) {
          throw new IOException(block + ": a server comes before those who talk to it");
        }
        serve(here(block.text()));
      } else {
        lines.append(here(block.text())).append('\n');
      }
    }
    return type(lines.toString());
  }

  int type(String lines) throws IOException, InterruptedException {
    Path trace = folder.resolve("trace");
    Files.deleteIfExists(trace);
    String text = bash.must("exec 9>trace", "BASH_XTRACEFD=9", "set -x", lines);
    said.append(text);
    try (Stream<String> commands = Files.lines(trace)) {
      return Math.toIntExact(commands.filter(line -> line.startsWith("+ ")).count());
    }
  }

  private String here(String text) {
    String result = text;
    for (Map.Entry<String, String> port : ports.entrySet()) {
      result = result.replace("localhost:" + port.getKey(), "localhost:" + port.getValue());
    }
    return result;
  }

  /// Starts what serves until it is stopped, and waits until it says that it does.
  private void serve(String lines) throws IOException, InterruptedException {
    Path log = folder.resolve("server.log");
    Process process = bash.start(lines, log);
    servers.add(process);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.readString(log).contains("administrator's token")) {
      if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() - end > 0) {
        throw new AssertionError("the server does not start:\n" + Files.readString(log));
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Process server : servers) {
      List<ProcessHandle> begun = server.children().toList();
      begun.forEach(ProcessHandle::destroy);
      begun.forEach(child -> child.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
