package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes that no client of good will sends, at each of the three ports of a whole server. Whatever
/// they do to their own connection, the server stays ready and nothing of it fails.
@ExtendWith(WholeServer.Shared.class)
class HostileBytesTest {
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

  /// The beginning of a hello over TLS 1.2, to be cut and bent.
  private static final byte[] HELLO =
      HexFormat.of()
          .parseHex(
              "16030100610100005d0303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                  + "000004c02bc02f01000030000a000400020017000b00020100000d000a00080403050308040401"
                  + "0017000000000010000b0009"
                  + "08687474702f312e31ff01000100");

  private final WholeServer server;

  HostileBytesTest(WholeServer server) {
    this.server = server;
  }

  @AfterEach
  void nothingFailed() throws Exception {
    server.api().awaitReady();
    assertThat(read(tls(server.devicePort()), get("/.well-known/est/cacerts")))
        .startsWith("HTTP/1.1 200");
    assertThat(read(plain(server.httpPort()), get("/.well-known/cardea/instance")))
        .startsWith("HTTP/1.1 200");
    assertThat(server.stackTraces()).isEmpty();
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  }

  @Test
  void randomBytes_harmNobody() {
    Seeds.check(
        40,
        random -> {
          try {
            for (int port : List.of(server.devicePort(), server.apiPort(), server.httpPort())) {
              throwAt(port, hostile(random));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static byte[] hostile(RandomGenerator random) {
    byte[] bytes =
        switch (random.nextInt(4)) {
          case 0 -> new byte[random.nextInt(4_000)];
          case 1 -> HELLO.clone();
          case 2 -> Arrays.copyOf(HELLO, random.nextInt(HELLO.length));
          default -> get("/.well-known/est/cacerts").getBytes(StandardCharsets.US_ASCII);
        };
    if (bytes.length > 600) {
      random.nextBytes(bytes);
    }
    for (int flip = random.nextInt(6); flip > 0 && bytes.length > 0; flip--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /// In pieces, so that they meet the reader at every place.
  private static void throwAt(int port, byte[] bytes) throws IOException {
    try (Socket socket = plain(port)) {
      socket.setSoTimeout(150);
      int half = bytes.length / 2;
      socket.getOutputStream().write(bytes, 0, half);
      socket.getOutputStream().flush();
      socket.getOutputStream().write(bytes, half, bytes.length - half);
      socket.shutdownOutput();
      var _ = new Reading(socket).readToTheEnd(true);
    } catch (SocketException e) {
      // Ended by the server before we were through: as it should be.
    }
  }

  static Stream<String> requestsThatTwoReadersReadDifferently() {
    String chunked = "Transfer-Encoding: chunked\r\n";
    return Stream.of(
        "Content-Length: 4\r\n" + chunked + "\r\n0\r\n\r\n",
        chunked + "Content-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 40\r\n\r\n",
        "Content-Length: 0, 40\r\n\r\n",
        "Content-Length: +0\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x0\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length : 0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
        chunked + chunked + "\r\n0\r\n\r\n",
        chunked + "\r\nFFFFFFFFFFFFFFFFF\r\n",
        chunked + "\r\n-1\r\n\r\n",
        chunked + "\r\n0x0\r\n\r\n",
        chunked + "\r\n0;a=\"\n\"\r\n\r\n",
        "X: a\nContent-Length: 0\n\n",
        "X: a\rContent-Length: 40\r\n\r\n",
        "X: \0\r\nContent-Length: 0\r\n\r\n",
        ": nameless\r\nContent-Length: 0\r\n\r\n",
        "no colon\r\nContent-Length: 0\r\n\r\n");
  }

  /// One refusal, and the end of the connection: what stands behind is never read as a request.
  @ParameterizedTest
  @MethodSource("requestsThatTwoReadersReadDifferently")
  void ambiguousRequest_endsItsConnection(String fieldsAndBody) throws Exception {
    String request =
        "POST /.well-known/est/simpleenroll HTTP/1.1\r\nHost: localhost\r\n" + fieldsAndBody + NEXT;
    for (Socket socket : List.of(tls(server.devicePort()), plain(server.httpPort()))) {
      assertThat(read(socket, request)).matches("(?s)(HTTP/1\\.1 4.*)?").satisfies(this::isOne);
    }
    // Another reader, of the people's port: it is more lenient, but it never fails.
    assertThat(readAWhile(tls(server.apiPort()), request)).doesNotContain("HTTP/1.1 5");
  }

  private void isOne(String answer) {
    assertThat(answer.split("HTTP/1\\.1 ", -1)).as(answer).hasSizeLessThanOrEqualTo(2);
  }

  private static Socket plain(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  private Socket tls(int port) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(server.authorities())) {
      for (var ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry(Integer.toString(store.size()), ca);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory().createSocket("localhost", port);
  }

  /// Sends, and reads until the other side closes.
  private static String read(Socket socket, String request) throws IOException {
    try (socket) {
      socket.setSoTimeout(15_000);
      return send(socket, request).readToTheEnd(false);
    }
  }

  /// Sends, and reads until the other side closes or says nothing for a while.
  private static String readAWhile(Socket socket, String request) throws IOException {
    try (socket) {
      socket.setSoTimeout(400);
      return send(socket, request).readToTheEnd(true);
    }
  }

  private static Reading send(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return new Reading(socket);
  }

  private record Reading(Socket socket) {
    String readToTheEnd(boolean silenceIsAnEnd) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] some = new byte[4096];
      try {
        for (int read = 0; read >= 0; read = socket.getInputStream().read(some)) {
          all.write(some, 0, read);
        }
      } catch (SocketTimeoutException e) {
        if (!silenceIsAnEnd) {
          throw e;
        }
      } catch (SocketException e) {
        // A reset: what came until then is what there is.
      }
      return all.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
