package io.cardea.trials.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Lines that a person would type, run by `bash` in a folder that is also their home. The first
/// failure ends them.
final class Bash {
  private static final long DEADLINE_SECONDS = 240;

  /// What the lines left behind.
  record Result(int status, String out, String err) {
    /// @throws AssertionError with everything that was said, unless all lines succeeded
    String orFail() {
      if (status != 0) {
        throw new AssertionError("exit status " + status + "\n" + out + "\n" + err);
      }
      return out;
    }
  }

  private final Path folder;
  private final Map<String, String> environment;

  Bash(Path folder) {
    this(folder, Map.of());
  }

  Bash(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = new HashMap<>(environment);
  }

  Path folder() {
    return folder;
  }

  /// Also sees this variable from now on.
  Bash with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /// Runs the lines and fails unless they succeed.
  ///
  /// @return what they printed on standard output
  String must(String... lines) throws IOException, InterruptedException {
    return run(lines).orFail();
  }

  /// Starts lines that do not end, with all that they say in this file.
  Process start(String lines, Path log) throws IOException {
    Path script = Files.writeString(folder.resolve("serve.sh"), lines + "\n");
    return start(script, log, log);
  }

  Result run(String... lines) throws IOException, InterruptedException {
    Path script = Files.createTempFile("lines", ".sh");
    Path out = Files.createTempFile("lines", ".out");
    Path err = Files.createTempFile("lines", ".err");
    try {
      Files.writeString(script, String.join("\n", lines) + "\n");
      Process process = start(script, out, err);
      boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      return new Result(
          ended ? process.exitValue() : -1, read(out), ended ? read(err) : "no end\n" + read(err));
    } finally {
      Files.delete(script);
      Files.delete(out);
      Files.delete(err);
    }
  }

  private Process start(Path script, Path out, Path err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of("bash", "-eu", "-o", "pipefail", script.toString()))
            .directory(folder.toFile())
            .redirectOutput(out.toFile());
    if (out.equals(err)) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(err.toFile());
    }
    Map<String, String> seen = builder.environment();
    seen.keySet().removeIf(name -> name.startsWith("CARDEA_"));
    seen.put("HOME", folder.toString());
    seen.put("LC_ALL", "C");
    seen.putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
