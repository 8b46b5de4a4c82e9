package io.cardea.platform.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A folder that the service user can reach, unlike JUnit's own, which are for their owner alone.
public final class TestHome implements AutoCloseable {
  private final Path folder;

  public TestHome() throws IOException {
    folder = Files.createTempDirectory("cardea-test");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
  }

  public Path folder() {
    return folder;
  }

  public Path resolve(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() throws IOException {
    PostgresBinaries.deleteTree(folder);
  }
}
