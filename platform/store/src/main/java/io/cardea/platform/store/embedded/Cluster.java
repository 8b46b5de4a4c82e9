package io.cardea.platform.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One database cluster on disk and its processes, whoever started them.
///
/// The processes are found by what they are (command line and title), never by the number in a lock
/// file: that number may meanwhile belong to a zombie or to a stranger.
record Cluster(Path data, Path sockets, int uid) {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final Duration SHUTDOWN = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(10);

  /// The only port there is; it names the socket file.
  static final int PORT = 5432;

  /// What PostgreSQL writes into the title of each of its processes.
  String name() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(data.toString().getBytes(UTF_8));
      return "cardea_" + HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  Path socket() {
    return sockets.resolve(".s.PGSQL." + PORT);
  }

  private Path lockFile() {
    return data.resolve("postmaster.pid");
  }

  /// The last line of the lock file says how far the postmaster has come.
  boolean isReady(long pid) {
    try {
      List<String> lines = Files.readAllLines(lockFile());
      return lines.size() >= 8
          && lines.getFirst().strip().equals(Long.toString(pid))
          && lines.get(7).strip().equals("ready");
    } catch (IOException e) {
      return false; // not written yet
    }
  }

  /// The socket of a postmaster that serves this data now, as its lock file says.
  static Optional<Path> liveSocket(Path data) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.size() < 8
        || !lines.get(7).strip().equals("ready")
        || !lines.getFirst().strip().matches("\\d{1,9}")) {
      return Optional.empty();
    }
    return LiveProcess.of(Long.parseLong(lines.getFirst().strip()))
        .filter(LiveProcess::isPostgres)
        .map(_ -> Path.of(lines.get(4).strip()).resolve(".s.PGSQL." + PORT));
  }

  /// Ends what an earlier life left running and removes its lock files. Call only while holding the
  /// lock of the data directory: then whatever still runs here has no master.
  void clearLeftovers() {
    postmaster()
        .ifPresent(orphan -> {
          LOG.info("stopping PostgreSQL {}, left by a server that was killed", orphan.pid());
          stop(orphan.pid());
        });
    // Without a postmaster, the others end by themselves; until then they hold the shared memory.
    if (!becomes(SHORT, () -> processes().isEmpty())) {
      processes().forEach(p -> Signal.KILL.sendTo(p.pid()));
      if (!becomes(SHORT, () -> processes().isEmpty())) {
        throw new StoreStartException(
            "processes of an earlier PostgreSQL do not end: kill " + pids(processes()));
      }
    }
    removeLockFiles();
  }

  /// Stops a postmaster: fast, and if that takes too long at once.
  static void stop(long pid) {
    Signal.INT.sendTo(pid);
    if (!becomes(SHUTDOWN, () -> LiveProcess.of(pid).isEmpty())) {
      Signal.QUIT.sendTo(pid);
      if (!becomes(SHORT, () -> LiveProcess.of(pid).isEmpty())) {
        throw new StoreStartException("PostgreSQL " + pid + " does not stop: kill it");
      }
    }
  }

  private void removeLockFiles() {
    try {
      Optional<LiveProcess> named = namedInLockFile();
      if (named.isPresent() && mayHoldData(named.get())) {
        throw new StoreStartException(
            "the data directory "
                + data
                + " is held by the live process "
                + named.get().pid()
                + " ("
                + named.get().program()
                + "), which Cardea did not start: stop it first");
      }
      Files.deleteIfExists(lockFile());
      Files.deleteIfExists(socket());
      Files.deleteIfExists(socket().resolveSibling(socket().getFileName() + ".lock"));
    } catch (IOException e) {
      throw new StoreStartException("cannot remove a stale lock of " + data + ": " + e, e);
    }
  }

  private Optional<LiveProcess> namedInLockFile() throws IOException {
    try {
      String first = Files.readString(lockFile()).lines().findFirst().orElse("").strip();
      return first.matches("\\d{1,9}") ? LiveProcess.of(Long.parseLong(first)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /// A PostgreSQL that somebody started by hand in our data directory. In doubt (we may not see
  /// where it works, and it does not say) it is taken for one: two postmasters destroy a cluster.
  private boolean mayHoldData(LiveProcess process) {
    if (!process.isPostgres()) {
      return false;
    }
    return process
        .workingDirectory()
        .map(folder -> folder.equals(data))
        .orElseGet(() -> process.uid() == uid && !process.arguments().contains("-D"));
  }

  private Optional<LiveProcess> postmaster() {
    return LiveProcess.all().stream().filter(this::isPostmaster).findFirst();
  }

  private List<LiveProcess> processes() {
    String title = "postgres: " + name() + ": ";
    return LiveProcess.all().stream()
        .filter(p -> isPostmaster(p) || (p.uid() == uid && p.program().startsWith(title)))
        .toList();
  }

  private boolean isPostmaster(LiveProcess process) {
    int option = process.arguments().indexOf("-D");
    return process.uid() == uid
        && process.isPostgres()
        && option > 0
        && option + 1 < process.arguments().size()
        && process.arguments().get(option + 1).equals(data.toString());
  }

  private static List<Long> pids(List<LiveProcess> processes) {
    return processes.stream().map(LiveProcess::pid).toList();
  }

  /// Looks again and again, twenty milliseconds apart, until the condition holds or time is up.
  private static boolean becomes(Duration limit, java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreStartException("interrupted while PostgreSQL stopped: start again", e);
      }
    }
    return true;
  }
}
