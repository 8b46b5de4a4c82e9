package io.cardea.platform.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whom PostgreSQL runs as. PostgreSQL refuses root, so root hands it to a user without rights, by
/// `setpriv`, which needs no user namespaces; anyone else runs it as oneself.
///
/// In that order the user is the one who owns the data already, `cardea`, or `nobody`. With
/// `nobody` every other daemon of that name could read the data: a host that runs some should have
/// a user `cardea`.
final class ServiceUser {
  private static final Path OWN_STATUS = Path.of("/proc/self/status");
  private static final List<String> NAMES = List.of("cardea", "nobody");

  private final boolean root;
  private final int uid;
  private final int gid;
  private final Optional<Path> setpriv;

  private ServiceUser(boolean root, int uid, int gid, Optional<Path> setpriv) {
    this.root = root;
    this.uid = uid;
    this.gid = gid;
    this.setpriv = setpriv;
  }

  /// The user for the cluster in `data`, whether that is there yet or not.
  static ServiceUser forCluster(Path data) {
    String path = System.getenv("PATH");
    return forCluster(data, List.of((path + ":/usr/bin:/bin").split(":")));
  }

  static ServiceUser forCluster(Path data, List<String> path) {
    int self = ownUid();
    Optional<Path> setpriv = findSetpriv(path);
    if (self != 0) {
      return new ServiceUser(false, self, -1, setpriv);
    }
    if (setpriv.isEmpty()) {
      throw new StoreStartException(
          "started as root, but setpriv is not in the path: install util-linux, or start as an"
              + " ordinary user, or set database.url");
    }
    refuseMissingCapabilities();
    List<Account> accounts = Account.all();
    Optional<Account> chosen =
        ownerOf(data).or(() -> NAMES.stream().flatMap(n -> Account.named(accounts, n)).findFirst());
    Account account =
        chosen.orElseThrow(() ->
            new StoreStartException(
                "no user to run PostgreSQL as: create one with `useradd --system cardea`"));
    if (account.uid == 0) {
      throw new StoreStartException(
          data + " belongs to root, as whom PostgreSQL does not run: chown -R cardea " + data);
    }
    return new ServiceUser(true, account.uid, account.gid, setpriv);
  }

  int uid() {
    return uid;
  }

  boolean isRoot() {
    return root;
  }

  /// The command line that runs `command` as this user, without any way back to more rights, and
  /// that asks the kernel for a fast shutdown when the thread that started it ends.
  List<String> running(List<String> command) {
    List<String> line = new ArrayList<>();
    setpriv.ifPresent(program -> {
      line.add(program.toString());
      if (root) {
        line.addAll(List.of("--reuid", "" + uid, "--regid", "" + gid, "--clear-groups"));
      }
      line.addAll(List.of("--no-new-privs", "--pdeathsig", "INT", "--"));
    });
    line.addAll(command);
    return line;
  }

  /// Makes a directory that this user alone may enter (and root).
  void makePrivateDirectory(Path directory) throws IOException {
    Files.createDirectories(directory);
    own(directory, "rwx------");
  }

  void own(Path path, String permissions) throws IOException {
    if (root) {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  /// Refuses a place that this user cannot get to, and names the folder that bars the way.
  void requireReach(Path directory) {
    if (!root) {
      return;
    }
    for (Path folder = directory; folder != null; folder = folder.getParent()) {
      if (!maySearch(folder) && !searchesIndeed(folder)) {
        throw new StoreStartException(
            "the user "
                + uid
                + ", as whom root runs PostgreSQL, cannot enter "
                + folder
                + ": choose a data directory elsewhere, such as /var/lib/cardea, or chmod o+x "
                + folder);
      }
    }
  }

  private boolean maySearch(Path folder) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
      if ((int) Files.getAttribute(folder, "unix:uid") == uid) {
        return permissions.contains(PosixFilePermission.OWNER_EXECUTE);
      }
      return permissions.contains(PosixFilePermission.OTHERS_EXECUTE);
    } catch (IOException e) {
      return false;
    }
  }

  /// Access lists and groups say more than the nine bits do: have the user try.
  private boolean searchesIndeed(Path folder) {
    try {
      Process attempt =
          new ProcessBuilder(running(List.of("/bin/sh", "-c", "cd \"$1\"", "sh", "" + folder)))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return attempt.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int ownUid() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new StoreStartException("cannot read /proc (" + e + "): mount it", e);
    }
  }

  private static Optional<Account> ownerOf(Path data) {
    try {
      int uid = (int) Files.getAttribute(data, "unix:uid");
      return Optional.of(new Account("", uid, (int) Files.getAttribute(data, "unix:gid")));
    } catch (IOException e) {
      return Optional.empty(); // not there yet
    }
  }

  private static Optional<Path> findSetpriv(List<String> path) {
    return path.stream()
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, "setpriv"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// What root needs to change the user, to give files away, to read them and to signal PostgreSQL.
  private enum Capability {
    CAP_CHOWN(0),
    CAP_DAC_OVERRIDE(1),
    CAP_FOWNER(3),
    CAP_KILL(5),
    CAP_SETGID(6),
    CAP_SETUID(7);

    private final int bit;

    Capability(int bit) {
      this.bit = bit;
    }
  }

  private static void refuseMissingCapabilities() {
    try (Stream<String> lines = Files.lines(OWN_STATUS)) {
      long effective =
          lines
              .filter(line -> line.startsWith("CapEff:"))
              .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
              .findFirst()
              .orElse(0);
      List<Capability> missing =
          Stream.of(Capability.values()).filter(c -> (effective >> c.bit & 1) == 0).toList();
      if (!missing.isEmpty()) {
        throw new StoreStartException(
            "started as root without "
                + missing
                + ": grant them, or start as an ordinary user (User= of systemd, --user of a"
                + " container), or set database.url");
      }
    } catch (IOException e) {
      throw new StoreStartException("cannot read /proc (" + e + "): mount it", e);
    }
  }

  /// A line of `/etc/passwd`.
  private record Account(String name, int uid, int gid) {
    static List<Account> all() {
      try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
        return lines
            .map(line -> line.split(":", -1))
            .filter(f -> f.length >= 4 && f[2].matches("\\d{1,9}") && f[3].matches("\\d{1,9}"))
            .map(f -> new Account(f[0], Integer.parseInt(f[2]), Integer.parseInt(f[3])))
            .toList();
      } catch (IOException e) {
        return List.of();
      }
    }

    static Stream<Account> named(List<Account> accounts, String name) {
      return accounts.stream().filter(a -> a.name.equals(name));
    }
  }
}
