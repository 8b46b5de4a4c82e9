package io.cardea.trials.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Clients that mean no good, until closed. Each one comes back as soon as the server is rid of it.
final class HostileCrowd implements AutoCloseable {
  /// The beginning of a hello that announces more than is ever sent.
  private static final byte[] HALF_A_HELLO =
      HexFormat.of().parseHex("1603010200010001fc0303" + "5a".repeat(40));

  private static final int LARGE = 1 << 20;
  private static final long SLOW_NANOS = 100_000_000;
  private static final int GIVE_UP_MILLIS = 30_000;

  private final int devicePort;
  private final int httpPort;
  private final SSLContext tls;
  private final List<Thread> crowd = new ArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
  private final LongAdder sentAway = new LongAdder();
  private final LongAdder slowSentAway = new LongAdder();
  private volatile boolean closed;

  HostileCrowd(int devicePort, int httpPort, Set<X509Certificate> anchors)
      throws GeneralSecurityException, IOException {
    this.devicePort = devicePort;
    this.httpPort = httpPort;
    this.tls = RawHttp.trusting(anchors);
  }

  @FunctionalInterface
  private interface Attack {
    void run() throws IOException;
  }

  /// Half of them say nothing, half of them begin a handshake and stop.
  void halfOpenConnections(int count) {
    for (int number = 0; number < count; number++) {
      byte[] said = number % 2 == 0 ? HALF_A_HELLO : new byte[0];
      again(() -> {
        try (Socket socket = connect(devicePort)) {
          socket.getOutputStream().write(said);
          drain(socket);
          sentAway.increment();
        }
      });
    }
  }

  /// One byte of a request now and then.
  void slowWriters(int count) {
    for (int number = 0; number < count; number++) {
      again(() -> {
        try (SSLSocket socket = handshaken()) {
          OutputStream out = socket.getOutputStream();
          out.write(
              "POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: localhost\r\nX: "
                  .getBytes(StandardCharsets.US_ASCII));
          while (!closed) {
            out.write('x');
            LockSupport.parkNanos(SLOW_NANOS);
          }
        } catch (IOException e) {
          slowSentAway.increment();
        }
      });
    }
  }

  void garbage(int count) {
    for (int number = 0; number < count; number++) {
      Random random = new Random(number);
      int port = number % 2 == 0 ? devicePort : httpPort;
      again(() -> {
        byte[] bytes = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(bytes);
        try (Socket socket = connect(port)) {
          socket.getOutputStream().write(bytes);
          drain(socket);
        }
      });
    }
  }

  /// Whole requests that are too large, or hold what cannot be read.
  void badRequests() {
    String enrol = "POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: localhost\r\n";
    String pkcs10 = "Content-Type: application/pkcs10\r\n";
    String login =
        "Authorization: Basic "
            + Base64.getEncoder()
                .encodeToString("nobody:nothing".getBytes(StandardCharsets.US_ASCII))
            + "\r\n";
    List.of(
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(LARGE) + "\r\n\r\n",
            "GET /" + "y".repeat(LARGE) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
            enrol + pkcs10 + login + "Content-Length: " + LARGE + "\r\n\r\n" + "A".repeat(LARGE),
            enrol
                + pkcs10
                + login
                + "Transfer-Encoding: chunked\r\n\r\n"
                + (String.format(Locale.ROOT, "%x\r\n", 10_000) + "A".repeat(10_000) + "\r\n")
                    .repeat(100),
            enrol + pkcs10 + login + "Content-Length: 8\r\n\r\n!\u0001\u0002%%%%%",
            enrol + pkcs10 + login + "Content-Length: 12\r\n\r\nMAsGCSqGSIb3",
            enrol + pkcs10 + "Authorization: Basic !!!\r\nContent-Length: 4\r\n\r\nAAAA",
            enrol + "Content-Length: 7\r\nContent-Length: 8\r\n\r\nMAAAAAAA",
            enrol + pkcs10 + "Content-Length: 4\r\n\r\nMAAA",
            "BREW /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /%00%ff%fe HTTP/9.9\r\n\r\n")
        .forEach(request ->
            again(() -> {
              try (SSLSocket socket = handshaken()) {
                status(socket, request.getBytes(StandardCharsets.ISO_8859_1));
              }
            }));
  }

  private void status(SSLSocket socket, byte[] request) throws IOException {
    Thread writing =
        Thread.ofVirtual()
            .start(() -> {
              try {
                socket.getOutputStream().write(request);
              } catch (IOException e) {
                // It is sent away before it has said everything.
                sentAway.increment();
              }
            });
    byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 400".length());
    if (line.length == "HTTP/1.1 400".length()) {
      int status = Integer.parseInt(new String(line, 9, 3, StandardCharsets.US_ASCII));
      statuses.computeIfAbsent(status, _ -> new LongAdder()).increment();
    }
    socket.close();
    try {
      writing.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void again(Attack attack) {
    crowd.add(
        Thread.ofVirtual()
            .name("hostile")
            .start(() -> {
              while (!closed) {
                try {
                  attack.run();
                } catch (IOException e) {
                  sentAway.increment();
                }
                LockSupport.parkNanos(SLOW_NANOS);
              }
            }));
  }

  private Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(GIVE_UP_MILLIS);
    keep(socket);
    return socket;
  }

  private SSLSocket handshaken() throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), devicePort);
    socket.setSoTimeout(GIVE_UP_MILLIS);
    keep(socket);
    socket.startHandshake();
    return socket;
  }

  private void keep(Socket socket) throws IOException {
    open.removeIf(Socket::isClosed);
    open.add(socket);
    if (closed) {
      socket.close();
    }
  }

  private static void drain(Socket socket) throws IOException {
    try (InputStream in = socket.getInputStream()) {
      in.skip(Long.MAX_VALUE);
    }
  }

  /// How many connections the server has ended.
  long sentAway() {
    return sentAway.sum();
  }

  long slowSentAway() {
    return slowSentAway.sum();
  }

  Set<Integer> statuses() {
    return Set.copyOf(statuses.keySet());
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (Socket socket : open) {
      socket.close();
    }
    for (Thread one : crowd) {
      try {
        one.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
