package io.cardea.trials.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cardea.apps.fleet.Ports;
import io.cardea.platform.store.DatabaseAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/// The distribution's PostgreSQL as an operator runs it: TCP with TLS and nothing else, a database
/// that belongs to a role without further rights.
final class OperatorsPostgres implements AutoCloseable {
  private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");
  private static final String ADMINISTRATOR = "postgres";
  private static final String SECRET = "not-a-secret-of-anybody";
  private static final int NOBODY = 65534;

  private final Path folder;
  private final Path data;
  private final int port;
  private final Path log;
  private Process process;

  private OperatorsPostgres(Path folder, Path data, int port) throws Exception {
    this.folder = folder;
    this.data = data;
    this.port = port;
    this.log = folder.resolve(data.getFileName() + ".log");
    this.process = run();
  }

  /// @throws TestAbortedException where it is not installed; a failure where `CI=true`
  static OperatorsPostgres start(Path folder) throws Exception {
    Path programs = programs();
    Files.createDirectory(folder);
    own(folder, "rwx------");
    Path password = Files.writeString(folder.resolve("administrator"), SECRET);
    own(password, "rw-------");
    certificate(folder, "server");
    certificate(folder, "stranger");
    Path data = folder.resolve("data");
    run(
        folder,
        programs.resolve("initdb").toString(),
        "--pgdata=" + data,
        "--username=" + ADMINISTRATOR,
        "--pwfile=" + password,
        "--auth=scram-sha-256",
        "--no-locale",
        "--encoding=UTF8",
        "--no-sync");
    Files.writeString(
        data.resolve("pg_hba.conf"),
        """
        hostnossl all         all all reject
        hostssl   all         all all scram-sha-256
        hostssl   replication all all scram-sha-256
        """);
    OperatorsPostgres started = serve(folder, data);
    boolean prepared = false;
    try {
      started.prepare();
      prepared = true;
      return started;
    } finally {
      if (!prepared) {
        started.close();
      }
    }
  }

  /// Somebody else may take the port in between; then it is another one.
  private static OperatorsPostgres serve(Path folder, Path data) throws Exception {
    for (int attempt = 0; attempt < 5; attempt++) {
      OperatorsPostgres started = new OperatorsPostgres(folder, data, Ports.free().http());
      if (started.awaitsConnections()) {
        return started;
      }
    }
    throw new AssertionFailedError(Files.readString(folder.resolve(data.getFileName() + ".log")));
  }

  private Process run() throws Exception {
    List<String> command = asNobody();
    command.addAll(
        List.of(
            programs().resolve("postgres").toString(),
            "-D",
            data.toString(),
            "-p",
            Integer.toString(port)));
    for (String setting :
        List.of(
            "listen_addresses=localhost",
            "unix_socket_directories=",
            "ssl=on",
            "ssl_cert_file=" + folder.resolve("server.pem"),
            "ssl_key_file=" + folder.resolve("server.key"),
            "log_timezone=UTC",
            "timezone=UTC")) {
      command.addAll(List.of("-c", setting));
    }
    return at(folder, command)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /// A node that follows this one under that name, as `pg_basebackup` makes it.
  OperatorsPostgres follower(String name) throws Exception {
    Path copy = folder.resolve(name);
    run(
        folder,
        programs().resolve("pg_basebackup").toString(),
        "--pgdata=" + copy,
        "--dbname=host=localhost port=%d user=%s password=%s sslmode=require application_name=%s"
            .formatted(port, ADMINISTRATOR, SECRET, name),
        "--write-recovery-conf",
        "--checkpoint=fast",
        "--no-sync");
    return serve(folder, copy);
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = administrator("postgres").dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// Every process of it at once, as a power cut would.
  void kill() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    process.destroyForcibly();
    all.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    all.forEach(one -> one.onExit().join());
  }

  /// The same node, at the same place.
  void startAgain() throws Exception {
    process = run();
    if (!awaitsConnections()) {
      throw new AssertionFailedError(Files.readString(log));
    }
  }

  private boolean awaitsConnections() throws Exception {
    Eventually.until("the operator's PostgreSQL is ready", () -> !process.isAlive() || answers());
    return process.isAlive();
  }

  private boolean answers() {
    try (Connection connection = administrator("postgres").dataSource().getConnection()) {
      return connection.isValid(5);
    } catch (SQLException notYet) {
      return false;
    }
  }

  private void prepare() throws SQLException {
    execute(
        "create role cardea login password '" + SECRET + "'",
        "create database cardea owner cardea",
        "grant pg_monitor to cardea");
  }

  /// The way in, as it is documented.
  String url() {
    return url("cardea", "sslmode=verify-full&sslrootcert=" + folder.resolve("server.pem"));
  }

  /// The way in to whichever of two is the primary.
  String urlWith(OperatorsPostgres other) {
    return url().replace(":" + port + "/", ":" + port + ",localhost:" + other.port + "/")
        + "&targetServerType=primary";
  }

  /// A certificate of somebody else is what is trusted.
  String urlThatTrustsAStranger() {
    return url("cardea", "sslmode=verify-full&sslrootcert=" + folder.resolve("stranger.pem"));
  }

  String urlWithoutTls() {
    return url("cardea", "sslmode=disable");
  }

  private String url(String database, String parameters) {
    return "jdbc:postgresql://localhost:" + port + "/" + database + "?" + parameters;
  }

  DatabaseAddress administrator(String database) {
    return new DatabaseAddress(
        url(database, "sslmode=verify-full&sslrootcert=" + folder.resolve("server.pem")),
        ADMINISTRATOR,
        SECRET);
  }

  String user() {
    return "cardea";
  }

  String password() {
    return SECRET;
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  /// As its operator would; sessions end.
  void stop() throws IOException {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("PostgreSQL does not stop: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  private static Path programs() throws IOException {
    if (Files.isDirectory(PROGRAMS)) {
      try (Stream<Path> versions = Files.list(PROGRAMS)) {
        Optional<Path> first =
            versions
                .sorted()
                .map(version -> version.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                .findFirst();
        if (first.isPresent()) {
          return first.get();
        }
      }
    }
    String message = "no PostgreSQL below " + PROGRAMS + " (see .ci/packages)";
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionFailedError(message);
    }
    throw new TestAbortedException(message);
  }

  private static void certificate(Path folder, String name) throws Exception {
    Path key = folder.resolve(name + ".key");
    run(
        folder,
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        key.toString(),
        "-out",
        folder.resolve(name + ".pem").toString());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }

  private static void run(Path home, String... command) throws Exception {
    List<String> line = asNobody();
    line.addAll(List.of(command));
    Process process = at(home, line).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command[0] + ": " + said);
    }
  }

  /// Its home is where its files are, and not that of whoever runs the trial.
  private static ProcessBuilder at(Path home, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HOME", home.toString());
    return builder;
  }

  /// PostgreSQL does not run as root.
  private static List<String> asNobody() {
    return isRoot()
        ? new ArrayList<>(
            List.of("setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups"))
        : new ArrayList<>();
  }

  private static void own(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    if (isRoot()) {
      Files.setAttribute(path, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", NOBODY, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
