package io.cardea.trials.faults;

import io.cardea.apps.fleet.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A folder for one trial. The database's user can reach it, which a folder of JUnit's would not
/// let it do when the trial runs as root.
record Home(Path path) implements AutoCloseable {
  static Home create() throws IOException {
    Path path = Files.createTempDirectory("cardea-trial");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
    return new Home(path);
  }

  Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() throws IOException {
    Tree.delete(path);
  }
}
