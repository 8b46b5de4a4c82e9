package io.cardea.trials.bench.rig;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A process that we started, and end.
public final class Child implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration END = Duration.ofSeconds(60);

  private final Process process;
  private final long startedNanos;
  private final Thread farewell; // Ctrl-C must not leave anything running
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private Child(Process process, long startedNanos) {
    this.process = process;
    this.startedNanos = startedNanos;
    this.farewell = Thread.ofPlatform().name("end-" + process.pid()).unstarted(process::destroy);
    Runtime.getRuntime().addShutdownHook(farewell);
  }

  /// A virtual machine like ours: the same program, class path and security properties.
  ///
  /// @param readyWord what stands in the line that says that it is ready
  public static Child java(
      List<String> options, Class<?> main, List<String> arguments, Path log, String readyWord)
      throws IOException {
    return java(
        System.getProperty("java.class.path"),
        Optional.ofNullable(System.getProperty("java.security.properties")),
        options,
        main,
        arguments,
        log,
        readyWord);
  }

  /// A virtual machine as the launcher starts it.
  static Child java(
      String classPath,
      Optional<String> security,
      List<String> options,
      Class<?> main,
      List<String> arguments,
      Path log,
      String readyWord)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    security.ifPresent(file -> command.add("-Djava.security.properties=" + file));
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    return start(command, log, readyWord);
  }

  /// @param readyWord empty when it says nothing
  public static Child start(List<String> command, Path log, String readyWord) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    long started = System.nanoTime();
    Child child = new Child(builder.start(), started);
    Thread.ofPlatform()
        .daemon()
        .name("child-" + child.pid())
        .start(() -> child.listen(log, readyWord));
    return child;
  }

  private void listen(Path log, String readyWord) {
    try (BufferedReader lines =
            new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        Writer copy = Files.newBufferedWriter(log, UTF_8, CREATE, APPEND)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        copy.write(line + "\n");
        copy.flush();
        if (!readyWord.isEmpty() && line.contains(readyWord)) {
          ready.complete(line);
        }
      }
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
    ready.completeExceptionally(new IOException("it ended before it was ready"));
  }

  /// Returns when it has said that it is ready.
  public void awaitReady() throws IOException {
    try {
      var _ = ready.get(START.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("process " + pid() + " did not become ready: see its log", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  public long pid() {
    return process.pid();
  }

  /// When it was started, on our monotonic clock.
  public long startedNanos() {
    return startedNanos;
  }

  /// This process and all below it, at one blow.
  public void killWithChildren() throws IOException {
    List<String> command = new ArrayList<>(List.of("kill", "-9"));
    // Children first: the database must not hear of its master's end before its own.
    process.toHandle().descendants().forEach(child -> command.add("" + child.pid()));
    command.add("" + pid());
    try {
      var _ = new ProcessBuilder(command).start().waitFor();
      var _ = process.waitFor();
      forget();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  /// Tells it to stop, and makes it when it does not.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    forget();
  }

  private void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(farewell);
    } catch (IllegalStateException e) {
      // It runs already.
    }
  }
}
