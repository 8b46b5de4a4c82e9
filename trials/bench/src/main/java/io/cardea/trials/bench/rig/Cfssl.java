package io.cardea.trials.bench.rig;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cardea.apps.fleet.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Debian's `cfssl serve`, which signs over HTTP and stores nothing.
public final class Cfssl implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(20);
  private static final long POLL_NANOS = 20_000_000;

  private final Child process;
  private final int port;
  private final String version;

  private Cfssl(Child process, int port, String version) {
    this.process = process;
    this.port = port;
    this.version = version;
  }

  /// Nothing when it is not installed (`apt-get install golang-cfssl`).
  public static Optional<Cfssl> start(Place place) throws IOException {
    Optional<Path> program = find("cfssl");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Path folder = Files.createDirectories(place.root().resolve("cfssl"));
    makeAuthority(folder);
    int port = Ports.free().http();
    List<String> command =
        List.of(
            program.get().toString(),
            "serve",
            "-loglevel=4",
            "-address=127.0.0.1",
            "-port=" + port,
            "-ca=" + folder.resolve("ca.pem"),
            "-ca-key=" + folder.resolve("ca-key.pem"),
            "-config=" + folder.resolve("config.json"));
    Child process = Child.start(command, place.log("cfssl"), "");
    Cfssl started = new Cfssl(process, port, version(program.get()));
    started.awaitPort();
    return Optional.of(started);
  }

  private static void makeAuthority(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"signing\":{\"default\":{\"expiry\":\"2160h\","
            + "\"usages\":[\"digital signature\",\"client auth\"]}}}");
    run(
        folder,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 30"
            + " -subj /CN=Bench -keyout ca-key.pkcs8.pem -out ca.pem");
    run(folder, "openssl ec -in ca-key.pkcs8.pem -out ca-key.pem");
  }

  private static void run(Path folder, String command) throws IOException {
    Process process =
        new ProcessBuilder(command.split(" "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(command + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  private static Optional<Path> find(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String version(Path program) throws IOException {
    Process process = new ProcessBuilder(program.toString(), "version").start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return text.lines()
        .filter(line -> line.startsWith("Version:"))
        .map(line -> line.substring("Version:".length()).strip())
        .findFirst()
        .orElse("");
  }

  private void awaitPort() throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return;
      } catch (IOException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  public String version() {
    return version;
  }

  @Override
  public void close() {
    process.close();
  }
}
