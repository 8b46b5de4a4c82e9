package io.cardea.platform.store.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The programs of PostgreSQL, unpacked once from the class path into a cache.
///
/// Guarantees that what is run came whole from the archive whose SHA-256 is written here: a
/// directory gets its name only after it was filled and its archive verified, and each use counts
/// its files and bytes again, so a power cut in the middle costs a second unpacking and no more.
record PostgresBinaries(Path directory) {
  /// The major version whose data directories these programs can open.
  static final int MAJOR = 17;

  private static final String MARKER = "unpacked";

  /// One archive for each processor, with its SHA-256.
  private enum Archive {
    AMD64(
        "postgres-linux-x86_64.txz",
        "f044ba1009e9c7ed62a5a9a6f923ca6327fe4e80d8f6bf4f8887dbc59ac14bed"),
    AARCH64(
        "postgres-linux-arm_64.txz",
        "3f389cec72930e0f0d6e917709593bbabcb417023c12d1f1eb7acc9ae7ab436c");

    private final String resource;
    private final String sha256;

    Archive(String resource, String sha256) {
      this.resource = resource;
      this.sha256 = sha256;
    }

    static Archive ofThisMachine() {
      String os = System.getProperty("os.name", "");
      String processor = System.getProperty("os.arch", "");
      if (os.equals("Linux")) {
        switch (processor) {
          case "amd64", "x86_64" -> {
            return AMD64;
          }
          case "aarch64", "arm64" -> {
            return AARCH64;
          }
          default -> {}
        }
      }
      throw new StoreStartException(
          "no embedded PostgreSQL for "
              + os
              + " on "
              + processor
              + ": set database.url to a PostgreSQL of your own");
    }
  }

  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /// Where the programs are unpacked to, in the order in which places are tried: one for the
  /// machine (root), one for the user, and at last the home of the database itself.
  static List<Path> usualCaches(boolean root, Path home) {
    if (root) {
      return List.of(Path.of("/var/cache/cardea"), home.resolve("programs"));
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path user =
        xdg == null || !xdg.startsWith("/")
            ? Path.of(System.getProperty("user.home", "/"), ".cache")
            : Path.of(xdg);
    return List.of(user.resolve("cardea"), home.resolve("programs"));
  }

  static PostgresBinaries unpackedIn(List<Path> caches) {
    Archive archive = Archive.ofThisMachine();
    List<String> failures = new ArrayList<>();
    for (Path cache : caches) {
      try {
        return unpackedIn(cache, archive);
      } catch (IOException e) {
        failures.add(cache + ": " + e); // not writable, or no such home: the next place
      }
    }
    throw new StoreStartException("cannot unpack PostgreSQL, make one writable: " + failures);
  }

  // Processes exclude each other by a file lock, threads of this one by the monitor of the class.
  private static synchronized PostgresBinaries unpackedIn(Path cache, Archive archive)
      throws IOException {
    Path target = cache.resolve("postgresql-" + MAJOR + "-" + archive.sha256.substring(0, 16));
    if (isWhole(target)) {
      return new PostgresBinaries(target);
    }
    Files.createDirectories(
        cache, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    try (FileChannel channel =
            FileChannel.open(
                cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (!held.isValid() || !isWhole(target)) {
        unpack(archive, cache.resolve(target.getFileName() + ".new"), target);
      }
    }
    return new PostgresBinaries(target);
  }

  private static void unpack(Archive archive, Path fresh, Path target) throws IOException {
    deleteTree(fresh);
    deleteTree(target);
    MessageDigest digest = sha256();
    try (InputStream resource =
        PostgresBinaries.class.getClassLoader().getResourceAsStream(archive.resource)) {
      if (resource == null) {
        throw new StoreStartException(
            archive.resource
                + " is not on the class path: use the complete distribution of Cardea");
      }
      DigestInputStream digesting = new DigestInputStream(resource, digest);
      TarXz.unpack(digesting, fresh);
      digesting.transferTo(java.io.OutputStream.nullOutputStream());
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(archive.sha256)) {
      deleteTree(fresh);
      throw new StoreStartException(
          archive.resource
              + " has SHA-256 "
              + found
              + " (expected: "
              + archive.sha256
              + "): the distribution was changed, install it again");
    }
    Path marker = fresh.resolve(MARKER);
    Files.writeString(marker, Extent.of(fresh).toString());
    try (FileChannel channel = FileChannel.open(marker, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    try {
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new IOException("cannot rename within " + target.getParent(), e);
    }
  }

  private static boolean isWhole(Path target) {
    try {
      return Files.readString(target.resolve(MARKER)).equals(Extent.of(target).toString());
    } catch (IOException | UncheckedIOException e) {
      return false; // absent or half there: unpack again
    }
  }

  /// How much there is, the marker apart: enough to notice files that a power cut left empty.
  private record Extent(long files, long bytes) {
    static Extent of(Path directory) throws IOException {
      try (Stream<Path> tree = Files.walk(directory)) {
        List<Long> sizes =
            tree.filter(p -> Files.isRegularFile(p) && !p.equals(directory.resolve(MARKER)))
                .map(p -> p.toFile().length())
                .toList();
        return new Extent(sizes.size(), sizes.stream().mapToLong(Long::longValue).sum());
      }
    }
  }

  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
