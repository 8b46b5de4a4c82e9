package io.cardea.trials.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cardea.apps.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The product in a JVM of its own, to be killed.
final class ServerProcess implements AutoCloseable {
  private static final String READY = "ready";

  private final Process process;

  private ServerProcess(Process process) {
    this.process = process;
  }

  /// Returns when it serves.
  static ServerProcess start(Map<String, String> keys) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            ServerProcess.class.getName()));
    keys.forEach((key, value) -> command.add(key + "=" + value));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    ServerProcess started = new ServerProcess(process);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    for (String line = lines.readLine(); !READY.equals(line); line = lines.readLine()) {
      if (line == null) {
        started.close();
        throw new IOException("the server ended before it was ready");
      }
    }
    return started;
  }

  /// The JVM alone, as an out-of-memory killer would.
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /// The JVM and every process of its database at once, as a power cut would.
  void killWithDatabase() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    if (all.isEmpty()) {
      throw new IllegalStateException("the server has no processes of a database");
    }
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    all.forEach(one -> one.onExit().join());
  }

  @Override
  public void close() {
    kill();
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> keys = new HashMap<>();
    for (String argument : arguments) {
      String[] pair = argument.split("=", 2);
      keys.put(pair[0], pair[1]);
    }
    try (Server _ = Server.start(TrialServer.config(keys))) {
      System.out.println(READY);
      while (System.in.read() >= 0) {
        // Until the trial that started it is gone.
      }
    }
  }
}
