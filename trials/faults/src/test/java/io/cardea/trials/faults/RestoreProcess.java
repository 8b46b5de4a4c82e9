package io.cardea.trials.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cardea.apps.server.BackupKeys;
import io.cardea.apps.server.HostRestore;
import io.cardea.apps.server.PastRecords;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A restore in a JVM of its own, which stops at a moment to be killed there.
final class RestoreProcess {
  private static final String REACHED = "reached";

  private RestoreProcess() {}

  enum Casualty {
    /// The JVM alone, as an out-of-memory killer would.
    ALONE,
    /// Every process of its database too, as a power cut would.
    WITH_DATABASE
  }

  static void killAt(String moment, Path file, Path into, Casualty casualty) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    RestoreProcess.class.getName(),
                    moment,
                    file.toString(),
                    into.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<ProcessHandle> all = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); !REACHED.equals(line); line = lines.readLine()) {
        if (line == null) {
          throw new IOException("the restore ended before " + moment);
        }
      }
      if (casualty == Casualty.WITH_DATABASE) {
        all.addAll(process.descendants().toList());
      }
    } finally {
      process.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
      all.forEach(one -> one.onExit().join());
    }
  }

  public static void main(String[] arguments) throws Exception {
    String moment = arguments[0];
    HostRestore.restore(
        new HostRestore.Order(
            Path.of(arguments[1]),
            new BackupKeys(Optional.empty(), Optional.empty(), Optional.empty()),
            new HostRestore.Target.DataDirectory(Path.of(arguments[2])),
            false,
            PastRecords.NONE),
        (work, _, _) -> {
          if (work.equals(moment)) {
            System.out.println(REACHED);
            stop();
          }
        });
  }

  /// Until the trial kills this process, or is gone itself.
  private static void stop() {
    try {
      while (System.in.read() >= 0) {
        // Whatever comes, it is not the end.
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    throw new IllegalStateException("the trial is gone");
  }
}
