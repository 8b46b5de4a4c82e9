package io.cardea.platform.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cardea.platform.store.DatabaseAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL of our own in a directory that survives restarts, kills and power cuts.
///
/// Guarantees that what was committed is on the disk (`fsync`, `synchronous_commit` and
/// `full_page_writes` are on and cannot be turned off here), that no other user of the machine gets
/// in (no TCP, a socket in a folder of its owner alone, and a password besides), and that one
/// server at a time uses a directory. It is started again when it is killed, and it ends with this
/// process. Does not guarantee anything against root, or against someone who is the service user.
///
/// Layout of the home: `data` (the cluster), `run` (its socket), `password`, `lock`.
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final String USER = "cardea";
  private static final String DATABASE = "cardea";

  /// What P4 and P7 rest on, and what keeps strangers out: not for tuning.
  private static final Map<String, String> FIXED =
      Map.ofEntries(
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("listen_addresses", ""),
          Map.entry("port", Integer.toString(Cluster.PORT)),
          Map.entry("unix_socket_permissions", "0700"),
          Map.entry("password_encryption", "scram-sha-256"),
          // No statement and no value of a row in the log: it may be a secret.
          Map.entry("log_min_error_statement", "panic"),
          Map.entry("log_error_verbosity", "terse"),
          Map.entry("log_timezone", "UTC"),
          Map.entry("timezone", "UTC"));

  private static final Map<String, String> TUNING =
      Map.of("max_wal_size", "2GB", "max_connections", "60", "jit", "off");

  private final DataDirectory directory;
  private final Postmaster postmaster;
  private final DatabaseAddress address;

  private EmbeddedPostgres(
      DataDirectory directory, Postmaster postmaster, DatabaseAddress address) {
    this.directory = directory;
    this.postmaster = postmaster;
    this.address = address;
  }

  /// Starts the database in `home`, which is made if it is not there.
  ///
  /// @throws StoreStartException with one line that says what to do
  public static EmbeddedPostgres start(Path home) {
    return start(home, Map.of());
  }

  /// Starts the database with settings of PostgreSQL beyond ours, such as `shared_buffers`.
  public static EmbeddedPostgres start(Path home, Map<String, String> tuning) {
    for (String key : tuning.keySet()) {
      if (FIXED.containsKey(key) || !key.matches("[a-z_]{1,63}")) {
        throw new StoreStartException("setting " + key + " is not for tuning: remove it");
      }
    }
    long began = System.nanoTime();
    DataDirectory directory = DataDirectory.open(home);
    try {
      PostgresBinaries programs =
          PostgresBinaries.unpackedIn(
              PostgresBinaries.usualCaches(directory.user().isRoot(), directory.home()));
      directory.prepare(programs, USER);
      Cluster cluster = directory.cluster();
      Postmaster postmaster = new Postmaster(cluster, command(directory, programs, tuning));
      postmaster.start();
      DatabaseAddress address =
          DatabaseAddress.ofSocket(cluster.socket(), DATABASE, USER, directory.password());
      EmbeddedPostgres started = new EmbeddedPostgres(directory, postmaster, address);
      try {
        OwnDatabase.ensure(
            DatabaseAddress.ofSocket(cluster.socket(), "postgres", USER, directory.password()),
            DATABASE);
      } catch (StoreStartException e) {
        started.close();
        throw e;
      }
      LOG.info(
          "PostgreSQL is ready in {} after {} ms",
          directory.home(),
          (System.nanoTime() - began) / 1_000_000);
      return started;
    } catch (IOException e) {
      directory.close();
      throw new StoreStartException("cannot use " + home + " for the database: " + e, e);
    } catch (StoreStartException e) {
      directory.close();
      throw e;
    }
  }

  /// How to connect to the database that serves in `home` now, if one does: for a tool beside the
  /// server, run by who may read the password. Holds no lock: do one thing and go.
  public static Optional<DatabaseAddress> running(Path home) throws IOException {
    Optional<Path> socket = Cluster.liveSocket(home.toRealPath().resolve("data"));
    return socket.isEmpty()
        ? Optional.empty()
        : Optional.of(
            DatabaseAddress.ofSocket(
                socket.get(), DATABASE, USER, readPassword(home.resolve("password"))));
  }

  private static List<String> command(
      DataDirectory directory, PostgresBinaries programs, Map<String, String> tuning) {
    Cluster cluster = directory.cluster();
    Map<String, String> settings = new TreeMap<>(TUNING);
    settings.putAll(tuning);
    settings.putAll(FIXED);
    settings.put("cluster_name", cluster.name());
    settings.put("unix_socket_directories", '"' + cluster.sockets().toString() + '"');
    List<String> command = new ArrayList<>();
    command.addAll(List.of(programs.program("postgres").toString(), "-D", "" + cluster.data()));
    settings.forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
    return directory.user().running(command);
  }

  /// How to connect. Holds the password, which its `toString` does not show.
  public DatabaseAddress address() {
    return address;
  }

  /// The process that serves now; after a kill, another one.
  public long pid() {
    return postmaster.pid();
  }

  /// Stops the database: sessions end, a checkpoint is written, the directory is free.
  @Override
  public void close() {
    try {
      postmaster.stop();
    } finally {
      directory.close();
    }
  }

  static String readPassword(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8).strip();
  }
}
