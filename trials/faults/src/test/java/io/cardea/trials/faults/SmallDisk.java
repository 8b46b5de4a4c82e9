package io.cardea.trials.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/// A disk of a few mebibytes, to be filled. Needs the right to mount, which even root lacks in most
/// containers: there, what needs it is skipped with its name.
record SmallDisk(Path path) implements AutoCloseable {
  private static final int BLOCK = 1 << 16;

  static SmallDisk mount(Path at, int mebibytes) throws Exception {
    Files.createDirectory(at);
    String options = "size=" + mebibytes + "m,mode=0711";
    String said = run("mount", "-t", "tmpfs", "-o", options, "none", at.toString());
    if (!said.isEmpty()) {
      throw new TestAbortedException("cannot mount a small disk: " + said);
    }
    return new SmallDisk(at);
  }

  /// Takes every byte that is free.
  void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(ballast())) {
      byte[] block = new byte[BLOCK];
      while (path.toFile().getUsableSpace() > 0) {
        out.write(block);
      }
    } catch (IOException full) {
      if (path.toFile().getUsableSpace() > 0) {
        throw full;
      }
    }
  }

  void makeRoom() throws IOException {
    Files.delete(ballast());
  }

  private Path ballast() {
    return path.resolve("ballast");
  }

  @Override
  public void close() throws IOException {
    try {
      String said = run("umount", "--lazy", path.toString());
      if (!said.isEmpty()) {
        throw new IOException("still mounted: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("still mounted", e);
    }
  }

  /// Returns nothing when it went well, else what it said.
  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : said.strip() + " (status " + process.exitValue() + ")";
  }
}
