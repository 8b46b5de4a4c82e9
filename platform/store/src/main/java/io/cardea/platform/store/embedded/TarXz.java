package io.cardea.platform.store.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.tukaani.xz.XZInputStream;

/// Unpacks a `.txz`: files, folders and symbolic links, which is all that the archives of
/// PostgreSQL hold. Anything else, and any path that would leave the target, is refused.
final class TarXz {
  private static final int BLOCK = 512;
  private static final int MEMORY_LIMIT_KIB = 128 * 1024;

  private TarXz() {}

  static void unpack(InputStream archive, Path target) throws IOException {
    Path root = target.toAbsolutePath().normalize();
    makeDirectory(root);
    XZInputStream tar = new XZInputStream(archive, MEMORY_LIMIT_KIB);
    byte[] header = new byte[BLOCK];
    while (true) {
      tar.readNBytes(header, 0, BLOCK);
      if (header[0] == 0) {
        tar.transferTo(OutputStream.nullOutputStream()); // the padding, and with it the checksums
        return;
      }
      Path path = root.resolve(text(header, 0, 100)).normalize();
      if (!path.startsWith(root)) {
        throw new IOException("archive entry outside of its root: " + text(header, 0, 100));
      }
      long size = octal(header, 124, 12);
      switch (header[156]) {
        case '5' -> makeDirectory(path);
        case '2' -> link(root, path, text(header, 157, 100));
        case '0', 0 -> file(tar, path, size, (octal(header, 100, 8) & 0100) != 0);
        default -> throw new IOException("archive entry of unknown type: " + path);
      }
    }
  }

  private static void file(InputStream tar, Path path, long size, boolean executable)
      throws IOException {
    makeDirectory(parent(path));
    try (OutputStream out = Files.newOutputStream(path)) {
      byte[] buffer = new byte[64 * 1024];
      for (long left = size; left > 0; ) {
        int count = tar.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
        if (count == 0) {
          throw new EOFException("archive ends within " + path);
        }
        out.write(buffer, 0, count);
        left -= count;
      }
    }
    permit(path, executable);
    tar.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
  }

  private static void link(Path root, Path path, String to) throws IOException {
    if (!parent(path).resolve(to).normalize().startsWith(root)) {
      throw new IOException("archive link outside of its root: " + path);
    }
    makeDirectory(parent(path));
    Files.createSymbolicLink(path, Path.of(to));
  }

  private static void makeDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path);
      permit(path, true);
    }
  }

  /// Readable for all whatever the umask says: as root, another user runs these programs.
  private static void permit(Path path, boolean executable) throws IOException {
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static Path parent(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException("no parent: " + path);
    }
    return parent;
  }

  private static String text(byte[] header, int offset, int length) {
    int end = offset;
    while (end < offset + length && header[end] != 0) {
      end++;
    }
    return new String(header, offset, end - offset, US_ASCII);
  }

  private static long octal(byte[] header, int offset, int length) throws IOException {
    String digits = text(header, offset, length).strip();
    try {
      return Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("archive header is damaged: " + digits, e);
    }
  }
}
