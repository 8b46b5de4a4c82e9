package io.cardea.apps.agent;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The few steps that files are changed by, each small enough to be the last one before a power
/// cut.
///
/// A change is durable only after `sync`: of the file for its content, of the directory for its
/// name. `rename` is atomic. All that is made belongs to its owner alone.
interface Disk {
  /// Makes this directory, and those above it, if they are not there.
  ///
  /// @throws IOException when it is there and others can look into it
  void createDirectory(Path directory) throws IOException;

  /// Creates or empties the file, and fills it.
  void write(Path file, byte[] content) throws IOException;

  /// Creates a symbolic link.
  void link(Path link, String target) throws IOException;

  void sync(Path fileOrDirectory) throws IOException;

  /// Replaces what has the new name.
  void rename(Path from, Path to) throws IOException;

  /// Deletes a file, a link or an empty directory, if it is there.
  void delete(Path path) throws IOException;

  /// Empty when there is no such file.
  ///
  /// @throws IOException when it is larger than 1 MiB
  Optional<byte[]> read(Path file) throws IOException;

  /// Empty when there is no such link.
  Optional<String> target(Path link) throws IOException;

  /// The names in a directory, in order; none when it is not a directory.
  List<String> list(Path directory) throws IOException;

  /// Takes the directory for this process and this object alone.
  ///
  /// @throws IOException when somebody else has it
  Closeable lock(Path file) throws IOException;
}
