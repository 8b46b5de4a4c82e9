package io.cardea.apps.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// A new file that is there under its name whole and on the disk, or not at all; until then it has
/// `.partial` behind its name. Its owner alone can read it.
///
/// A process that is killed leaves the partial file; the next one of that name takes its place.
final class WholeFile implements AutoCloseable {
  private final Path file;
  private final Path partial;
  private final boolean replace;
  private final FileChannel channel;
  private final OutputStream out;
  private boolean kept;

  /// @throws FileAlreadyExistsException unless it may be replaced
  WholeFile(Path file, boolean replace) throws IOException {
    this.file = file.toAbsolutePath();
    this.partial = this.file.resolveSibling(this.file.getFileName() + ".partial");
    this.replace = replace;
    requireFree();
    Files.deleteIfExists(partial);
    channel =
        FileChannel.open(
            partial,
            Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20);
  }

  OutputStream out() {
    return out;
  }

  /// Puts it on the disk, and under its name.
  void keep() throws IOException {
    out.flush();
    channel.force(true);
    channel.close();
    if (replace) {
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } else {
      link();
    }
    kept = true;
    try (FileChannel directory =
        FileChannel.open(Optional.ofNullable(file.getParent()).orElseThrow())) {
      directory.force(true);
    }
  }

  /// Never over a file that came meanwhile, where the file system can do that.
  private void link() throws IOException {
    try {
      Files.createLink(file, partial);
      Files.delete(partial);
    } catch (UnsupportedOperationException e) {
      requireFree();
      try {
        Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException unsupported) {
        throw new IOException("the file system cannot rename " + partial, unsupported);
      }
    }
  }

  private void requireFree() throws FileAlreadyExistsException {
    if (!replace && Files.exists(file)) {
      throw new FileAlreadyExistsException(file + " is there already");
    }
  }

  /// What was not kept is removed.
  @Override
  public void close() throws IOException {
    if (!kept) {
      channel.close();
      Files.deleteIfExists(partial);
    }
  }
}
