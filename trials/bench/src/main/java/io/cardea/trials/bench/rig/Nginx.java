package io.cardea.trials.bench.rig;

import io.cardea.apps.fleet.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// Debian's nginx, serving one file.
public final class Nginx implements AutoCloseable {
  public static final String PATH = "/answer";

  private static final Duration START = Duration.ofSeconds(20);
  private static final long POLL_NANOS = 20_000_000;

  private final Child process;
  private final int port;

  private Nginx(Child process, int port) {
    this.process = process;
    this.port = port;
  }

  /// Nothing when it is not installed (`apt-get install nginx-light`).
  public static Optional<Nginx> start(Place place, byte[] file) throws IOException {
    Optional<Path> program =
        Stream.of("/usr/sbin/nginx", "/usr/bin/nginx")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Path folder = Files.createDirectories(place.root().resolve("nginx"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.write(folder.resolve("answer"), file);
    int port = Ports.free().http();
    int workers = Runtime.getRuntime().availableProcessors();
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        worker_processes %d;
        pid %s/nginx.pid;
        error_log %s/error.log;
        events { worker_connections 1024; }
        http {
          access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
          keepalive_requests 100000000; open_file_cache max=16; default_type application/ocsp-response;
          client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/fastcgi;
          uwsgi_temp_path %s/uwsgi; scgi_temp_path %s/scgi;
          server { listen 127.0.0.1:%d; root %s; }
        }
        """
            .formatted(
                workers, folder, folder, folder, folder, folder, folder, folder, port, folder));
    Child process =
        Child.start(
            List.of(
                program.get().toString(),
                "-p",
                folder.toString(),
                "-c",
                folder.resolve("nginx.conf").toString()),
            place.log("nginx"),
            "");
    Nginx started = new Nginx(process, port);
    started.awaitPort();
    return Optional.of(started);
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
    return Cpu.millisWithChildren(process.pid());
  }

  @Override
  public void close() {
    process.close();
  }
}
