package io.cardea.protocols.edge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs third-party tools.
final class Shell {

  /// Standard output and error together.
  record Result(int status, String output) {}

  private Shell() {}

  static Result run(Path directory, String input, String... command)
      throws IOException, InterruptedException {
    Path in = Files.createTempFile("shell", ".in");
    Path out = Files.createTempFile("shell", ".out");
    try {
      Files.writeString(in, input);
      Process process =
          new ProcessBuilder(List.of(command))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IOException("no end in 20 s: " + String.join(" ", command));
      }
      return new Result(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1));
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }

  static String mustRun(Path directory, String... command)
      throws IOException, InterruptedException {
    Result result = run(directory, "", command);
    if (result.status() != 0) {
      throw new IOException(String.join(" ", command) + ":\n" + result.output());
    }
    return result.output();
  }
}
