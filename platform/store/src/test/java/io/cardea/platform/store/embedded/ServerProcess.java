package io.cardea.platform.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// A server of its own JVM that holds an embedded database, to be killed.
final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final String firstLine;

  private ServerProcess(Process process) throws IOException {
    this.process = process;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    this.firstLine = requireNonNull(lines.readLine(), "the server said nothing");
  }

  /// Starts it by a command such as setpriv, or directly if there is none.
  static ServerProcess start(Path home, List<String> by) throws IOException {
    return start(home, by, System.getProperty("java.class.path"));
  }

  static ServerProcess start(Path home, List<String> by, String classPath) throws IOException {
    List<String> command = new ArrayList<>(by);
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Xshare:auto", "-Xmx128m"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath));
    command.addAll(List.of(ServerProcess.class.getName(), home.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    return new ServerProcess(builder.start());
  }

  /// `ready PID-OF-POSTGRESQL`, or `refused MESSAGE`.
  String firstLine() {
    return firstLine;
  }

  long postgresPid() {
    return Long.parseLong(firstLine.substring("ready ".length()));
  }

  long pid() {
    return process.pid();
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /// The class path where another user can read it: copied, since a Maven repository may be
  /// private.
  static String readableClassPath(Path folder) throws IOException {
    List<String> copies = new ArrayList<>();
    for (String entry : List.of(System.getProperty("java.class.path").split(":", -1))) {
      Path from = Path.of(entry);
      Path to = folder.resolve(copies.size() + "-" + from.getFileName());
      try (var tree = Files.walk(from)) {
        for (Path file : (Iterable<Path>) tree::iterator) {
          Path copy = to.resolve(from.relativize(file).toString());
          if (Files.isDirectory(file)) {
            Files.createDirectory(copy);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
          } else {
            Files.copy(file, file.equals(from) ? to : copy);
            Files.setPosixFilePermissions(
                file.equals(from) ? to : copy, PosixFilePermissions.fromString("rw-r--r--"));
          }
        }
      }
      copies.add(to.toString());
    }
    return String.join(":", copies);
  }

  @Override
  public void close() {
    kill();
  }

  public static void main(String[] arguments) throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]))) {
      try (Connection connection = postgres.address().dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create table if not exists kept (who text)");
        statement.execute("insert into kept values ('helper')");
      }
      System.out.println("ready " + postgres.pid());
      System.in.read(); // until killed, or told
    } catch (StoreStartException e) {
      System.out.println("refused " + e.getMessage());
    }
  }
}
