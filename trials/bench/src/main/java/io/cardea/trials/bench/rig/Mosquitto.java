package io.cardea.trials.bench.rig;

import io.cardea.apps.fleet.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Debian's Mosquitto, which lets in whoever holds a certificate of the place's authorities.
public final class Mosquitto implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");
  private static final Duration START = Duration.ofSeconds(20);
  private static final long POLL_NANOS = 20_000_000;

  private final Child process;
  private final int port;

  private Mosquitto(Child process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Nothing when it is not installed (`apt-get install mosquitto`).
  public static Optional<Mosquitto> start(Place place) throws IOException {
    if (!Files.isExecutable(PROGRAM)) {
      return Optional.empty();
    }
    Path folder = Files.createDirectories(place.root().resolve("mosquitto"));
    makeCertificate(folder);
    int port = Ports.free().http();
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        """
        user root
        persistence false
        log_type error
        set_tcp_nodelay true
        listener %d 127.0.0.1
        cafile %s
        certfile %s/server.pem
        keyfile %s/server.key
        require_certificate true
        use_identity_as_username true
        """
            .formatted(port, place.server().resolve("ca.pem"), folder, folder));
    Child process =
        Child.start(
            List.of(PROGRAM.toString(), "-c", folder.resolve("mosquitto.conf").toString()),
            place.log("mosquitto"),
            "");
    Mosquitto started = new Mosquitto(process, port);
    started.awaitPort();
    return Optional.of(started);
  }

  private static void makeCertificate(Path folder) throws IOException {
    try {
      int exit =
          new ProcessBuilder(
                  "openssl",
                  "req",
                  "-x509",
                  "-newkey",
                  "ec",
                  "-pkeyopt",
                  "ec_paramgen_curve:P-256",
                  "-nodes",
                  "-subj",
                  "/CN=localhost",
                  "-keyout",
                  folder.resolve("server.key").toString(),
                  "-out",
                  folder.resolve("server.pem").toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("openssl.log").toFile())
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IOException("openssl made no certificate: see openssl.log");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped", e);
    }
  }

  private void awaitPort() throws IOException {
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
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

  public double cpuMillis() throws IOException {
    return Cpu.millis(process.pid());
  }

  @Override
  public void close() {
    process.close();
  }
}
