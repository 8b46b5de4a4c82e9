package io.cardea.life.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The `openssl` command in one folder. Whoever uses it wears `@NeedsTool("openssl")`.
public final class OpenSsl {
  private static final long DEADLINE_SECONDS = 60;

  private final Path folder;

  public OpenSsl(Path folder) {
    this.folder = folder;
  }

  /// Runs it and returns what it printed.
  ///
  /// @throws IOException if it says no, with what it printed
  public String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("openssl");
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile("openssl", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process.getOutputStream().close();
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("openssl took too long: " + command);
      }
      String said = Files.readString(log, StandardCharsets.ISO_8859_1);
      if (process.exitValue() != 0) {
        throw new IOException(command + " said no: " + said);
      }
      return said;
    } finally {
      Files.delete(log);
    }
  }

  /// Makes a request in DER; the arguments are those of `openssl req -new -nodes`.
  public byte[] request(String... arguments) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "req",
                "-new",
                "-nodes",
                "-keyout",
                "key.pem",
                "-outform",
                "DER",
                "-out",
                "req.der"));
    all.addAll(List.of(arguments));
    run(all.toArray(String[]::new));
    return Files.readAllBytes(folder.resolve("req.der"));
  }

  public Path write(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  public Path write(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
