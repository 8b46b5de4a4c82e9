package io.cardea.platform.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A process as `/proc` shows it. A zombie is no live process: its number is still taken, but it
/// holds neither files nor memory.
record LiveProcess(long pid, int uid, List<String> arguments) {
  private static final Path PROC = Path.of("/proc");

  static Optional<LiveProcess> of(long pid) {
    Path entry = PROC.resolve(Long.toString(pid));
    try {
      String stat = Files.readString(entry.resolve("stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      if (state == 'Z' || state == 'X') {
        return Optional.empty();
      }
      String line = new String(Files.readAllBytes(entry.resolve("cmdline")), UTF_8);
      int uid = (int) Files.getAttribute(entry, "unix:uid");
      return Optional.of(new LiveProcess(pid, uid, List.of(line.split("\0"))));
    } catch (IOException | StringIndexOutOfBoundsException e) {
      return Optional.empty(); // it ended while we looked
    }
  }

  static List<LiveProcess> all() {
    List<LiveProcess> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(PROC, "[1-9]*")) {
      for (Path entry : entries) {
        of(Long.parseLong(entry.getFileName().toString())).ifPresent(found::add);
      }
    } catch (IOException | NumberFormatException e) {
      throw new StoreStartException("cannot read /proc (" + e + "): mount it", e);
    }
    return found;
  }

  String program() {
    return arguments.getFirst();
  }

  boolean isPostgres() {
    return program().equals("postgres") || program().endsWith("/postgres");
  }

  /// The directory it works in, where we are allowed to see it (root in a container often is not).
  Optional<Path> workingDirectory() {
    try {
      return Optional.of(PROC.resolve(Long.toString(pid)).resolve("cwd").toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
