package io.cardea.platform.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The home of an embedded database, held by this process alone until closed.
///
/// Every step leaves a state from which the next start goes on: the password is on the disk before
/// the cluster that knows it, and the cluster gets its name when `initdb` is done with it.
final class DataDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

  /// The kernel takes 107 bytes; some are for the name of the socket.
  private static final int LONGEST_SOCKET_PATH = 100;

  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path home;
  private final FileChannel lockFile;
  private final ServiceUser user;
  private final Path sockets;

  private DataDirectory(Path home, FileChannel lockFile, ServiceUser user, Path sockets) {
    this.home = home;
    this.lockFile = lockFile;
    this.user = user;
    this.sockets = sockets;
  }

  static DataDirectory open(Path home) {
    try {
      if (!Files.exists(home)) {
        Files.createDirectories(home);
        // Enter, but not list: as root, another user runs the database in a folder below.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
      }
      Path real = home.toRealPath();
      FileChannel lockFile = lock(real);
      try {
        ServiceUser user = ServiceUser.forCluster(real.resolve("data"));
        user.requireReach(real);
        return new DataDirectory(real, lockFile, user, socketsFor(real, user));
      } catch (IOException | StoreStartException e) {
        unlock(real, lockFile);
        throw e;
      }
    } catch (IOException e) {
      throw new StoreStartException(
          "cannot use " + home + " for the database (" + e + "): choose a place you may write to",
          e);
    }
  }

  /// The kernel drops our lock when *any* of our descriptors of that file is closed, so within this
  /// process a set keeps a second start from ever opening it.
  private static FileChannel lock(Path home) throws IOException {
    if (!HELD_HERE.add(home)) {
      throw inUse(home, "this process");
    }
    Path file = home.resolve("lock");
    FileChannel channel = null;
    boolean locked = false;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(home, "process " + Files.readString(file).strip());
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(("" + ProcessHandle.current().pid()).getBytes(UTF_8)));
      locked = true;
      return channel;
    } finally {
      if (!locked) {
        unlock(home, channel);
      }
    }
  }

  private static void unlock(Path home, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD_HERE.remove(home);
    }
  }

  private static StoreStartException inUse(Path home, String holder) {
    return new StoreStartException(
        "the data directory " + home + " is in use by " + holder + ": stop it, or choose another");
  }

  Path home() {
    return home;
  }

  ServiceUser user() {
    return user;
  }

  Cluster cluster() {
    return new Cluster(home.resolve("data"), sockets, user.uid());
  }

  String password() throws IOException {
    return EmbeddedPostgres.readPassword(home.resolve("password"));
  }

  /// Makes the cluster if there is none yet, and checks that these programs can open it.
  void prepare(PostgresBinaries programs, String superuser) throws IOException {
    user.makePrivateDirectory(sockets);
    Path data = home.resolve("data");
    Path password = home.resolve("password");
    if (!Files.exists(data)) {
      if (!Files.exists(password)) {
        writePassword(home);
      }
      initialize(programs, superuser, data);
    }
    requireSameMajor(data);
    if (!Files.exists(password)) {
      throw new StoreStartException(
          password
              + " is missing, without which the database stays shut: restore it from a backup");
    }
  }

  private void initialize(PostgresBinaries programs, String superuser, Path data)
      throws IOException {
    LOG.info("making a new database in {}", home);
    Path fresh = home.resolve("data.new");
    PostgresBinaries.deleteTree(fresh);
    user.makePrivateDirectory(fresh);
    Path passwordCopy = sockets.resolve("password"); // the service user may not read ours
    Files.deleteIfExists(passwordCopy);
    try {
      writeSecret(passwordCopy, password());
      user.own(passwordCopy, "rw-------");
      List<String> initdb = new ArrayList<>(List.of("" + programs.program("initdb")));
      initdb.addAll(List.of("-D", "" + fresh, "-U", superuser, "--pwfile=" + passwordCopy));
      initdb.addAll(List.of("-A", "scram-sha-256", "--data-checksums", "--no-locale"));
      initdb.addAll(List.of("-E", "UTF8", "--no-instructions"));
      run(user.running(initdb));
    } finally {
      Files.deleteIfExists(passwordCopy);
    }
    Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory(home);
  }

  private static void run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Environment.clean(builder);
    Process process = builder.start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readNBytes(64 * 1024);
    try {
      if (process.waitFor() != 0) {
        String text = new String(output, UTF_8);
        int error = text.indexOf("error:");
        throw new StoreStartException(
            "initdb failed: " + (error < 0 ? text : text.substring(error)));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new StoreStartException("interrupted while making the database: start again", e);
    }
  }

  private static void requireSameMajor(Path data) throws IOException {
    Path file = data.resolve("PG_VERSION");
    if (!Files.exists(file)) {
      throw new StoreStartException(
          data + " is not a data directory of PostgreSQL: choose another, or restore it");
    }
    String major = Files.readString(file).strip();
    if (!major.equals(Integer.toString(PostgresBinaries.MAJOR))) {
      throw new StoreStartException(
          data
              + " was made by PostgreSQL "
              + major
              + ", this release brings "
              + PostgresBinaries.MAJOR
              + ": make a `cardea backup` with the release that made it, and restore it with this one");
    }
  }

  /// The folder of the socket: in the home, or a short one elsewhere when its path would be too
  /// long.
  private static Path socketsFor(Path home, ServiceUser user) throws IOException {
    Path usual = home.resolve("run");
    Path socket = new Cluster(home, usual, user.uid()).socket();
    Path record = home.resolve("socket-directory");
    if (Files.exists(record)) { // an earlier life's, under a name nobody else could guess
      removeSockets(Path.of(Files.readString(record)));
      Files.delete(record);
    }
    if (socket.toString().getBytes(UTF_8).length <= LONGEST_SOCKET_PATH) {
      return usual;
    }
    Path shortOne = Files.createTempDirectory("cardea"); // 0700, and never one that was there
    Files.writeString(record, shortOne.toString());
    user.requireReach(Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath());
    return shortOne;
  }

  private static void removeSockets(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(".s.PGSQL." + Cluster.PORT));
      Files.deleteIfExists(folder.resolve(".s.PGSQL." + Cluster.PORT + ".lock"));
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.debug("the socket folder {} of an earlier start stays", folder, e);
    }
  }

  private static void writePassword(Path home) throws IOException {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    Path fresh = home.resolve("password.new");
    Files.deleteIfExists(fresh);
    writeSecret(fresh, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    Files.move(fresh, home.resolve("password"), StandardCopyOption.ATOMIC_MOVE);
    forceDirectory(home);
  }

  private static void writeSecret(Path file, String secret) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(secret.getBytes(UTF_8)));
      channel.force(true);
    }
  }

  private static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() {
    try {
      if (!sockets.startsWith(home)) {
        removeSockets(sockets);
      }
      unlock(home, lockFile);
    } catch (IOException e) {
      LOG.debug("the lock of {} ends with the process", home, e);
    }
  }
}
