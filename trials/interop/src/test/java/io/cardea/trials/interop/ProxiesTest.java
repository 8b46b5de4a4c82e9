package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.fleet.Ports;
import io.cardea.life.testing.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Real proxies in front of a real server, set up as `docs/operations/behind-a-proxy.md` says.
@NeedsTool({"openssl", "curl", "nginx", "haproxy"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxiesTest {
  private static final Path DOCUMENT =
      Documents.root().resolve("docs/operations/behind-a-proxy.md");
  private static final String CURL = "curl -sS --max-time 20 ";

  private Path folder;
  private WholeServer server;
  private Bash bash;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    Bash before = new Bash(folder, Map.of());
    before.must(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj"
            + " /CN=front -addext subjectAltName=DNS:localhost -keyout front.key -out front.crt"
            + " && cat front.crt front.key > front.pem",
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj"
            + " /CN=proxy -keyout proxy.key -out proxy.crt && cat proxy.crt proxy.key > proxy.pem",
        "openssl x509 -in proxy.crt -noout -fingerprint -sha256 | cut -d= -f2 > proxy.sha256");
    server =
        WholeServer.start(
            Map.of("proxy.certificates", Files.readString(folder.resolve("proxy.sha256")).strip()));
    bash = server.bash(folder);
    Files.writeString(folder.resolve("cert.js"), block("js", 0));
    enrol("proxied");
  }

  @AfterAll
  void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void haproxyThatEndsTls_bringsTheDevice() throws Exception {
    ending("haproxy", 1, "haproxy -db -f", "haproxy.end");
  }

  @Test
  void nginxThatEndsTls_bringsTheDevice() throws Exception {
    ending(
        "nginx",
        1,
        "nginx -g 'daemon off; pid nginx.end.pid; error_log stderr;' -p . -c",
        "nginx.end");
  }

  @Test
  void haproxyThatPassesThrough_leavesTheHandshakeToUs() throws Exception {
    passing("haproxy", "haproxy -db -f", "haproxy.pass");
  }

  @Test
  void nginxThatPassesThrough_leavesTheHandshakeToUs() throws Exception {
    passing(
        "nginx",
        "nginx -g 'daemon off; pid nginx.pass.pid; error_log stderr;' -p . -c",
        "nginx.pass");
  }

  private void ending(String language, int which, String command, String file) throws Exception {
    int port = Ports.free().http();
    try (Proxy _ = new Proxy(command, file, block(language, which), port, server.devicePort())) {
      String front = CURL + "--cacert front.crt https://localhost:" + port;
      String self = "/.well-known/cardea/self ";
      assertThat(bash.must(front + self + "--cert proxied.pem --key proxied.key"))
          .contains("\"device\":\"proxied\"");
      // Whoever has no certificate says that they have one.
      assertThat(
              bash.must(
                  front
                      + self
                      + "-i -H \"Client-Cert: :$(openssl x509 -in proxied.pem -outform DER |"
                      + " openssl base64 -A):\""))
          .contains("401", "authentication-required");
    }
    // And past the proxy, with any certificate but the pinned one.
    assertThat(
            bash.must(
                CURL
                    + "-i --cacert ca.pem --cert front.crt --key front.key"
                    + " $CARDEA/.well-known/cardea/self -H \"Client-Cert: :$(openssl x509 -in"
                    + " proxied.pem -outform DER | openssl base64 -A):\""))
        .contains("credential-unknown");
  }

  private void passing(String language, String command, String file) throws Exception {
    try (WholeServer behind = WholeServer.start(Map.of("proxy.pass-through", "127.0.0.0/8"))) {
      Path home = Files.createDirectories(folder.resolve(file + ".d"));
      int port = Ports.free().http();
      try (Proxy _ = new Proxy(command, file, block(language, 0), port, behind.devicePort())) {
        Bash there = behind.bash(home);
        String token = behind.token("passed");
        there.must(
            "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout d.key"
                + " -subj / -outform DER -out d.csr && openssl base64 -A -in d.csr > d.b64",
            CURL
                + "-f --cacert ca.pem --user passed:"
                + token
                + " -H 'Content-Type: application/pkcs10' --data-binary @d.b64 https://localhost:"
                + port
                + "/.well-known/est/simpleenroll | openssl base64 -d -A |"
                + " openssl pkcs7 -inform DER -print_certs -out d.pem");
        assertThat(
                there.must(
                    CURL
                        + "--cacert ca.pem --cert d.pem --key d.key https://localhost:"
                        + port
                        + "/.well-known/cardea/self"))
            .contains("\"device\":\"passed\"", "\"state\":\"current\"");
        assertThat(there.run(CURL + "--cacert ca.pem $CARDEA/.well-known/cardea/self").status())
            .as("past the proxy, without its header")
            .isNotZero();
      }
    }
  }

  private void enrol(String device) throws Exception {
    String token = server.token(device);
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
            + device
            + ".key -subj / -outform DER -out d.csr && openssl base64 -A -in d.csr > d.b64",
        CURL
            + "-f --cacert ca.pem --user "
            + device
            + ":"
            + token
            + " -H 'Content-Type: application/pkcs10' --data-binary @d.b64"
            + " $CARDEA/.well-known/est/simpleenroll | openssl base64 -d -A |"
            + " openssl pkcs7 -inform DER -print_certs -out "
            + device
            + ".pem");
  }

  /// The block of the document in this language, counted from 0.
  private static String block(String language, int which) throws IOException {
    List<String> blocks =
        Documents.blocks(DOCUMENT).stream()
            .filter(block -> block.language().equals(language))
            .map(Documents.Block::text)
            .toList();
    return blocks.get(which);
  }

  /// A proxy that runs until it is closed.
  private final class Proxy implements AutoCloseable {
    private final Process process;

    Proxy(String command, String file, String text, int port, int cardea) throws Exception {
      String settings =
          text.replace("PROXY", "127.0.0.1:" + port)
              .replace("CARDEA", "127.0.0.1:" + cardea)
              .replace("FOLDER", folder.toString());
      Files.writeString(folder.resolve(file), settings + "\n");
      process =
          new ProcessBuilder("bash", "-c", "exec " + command + " " + folder.resolve(file))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(file + ".log").toFile())
              .start();
      bash.must(
          "for i in $(seq 300); do kill -0 "
              + process.pid()
              + " || break; (exec 3<>/dev/tcp/127.0.0.1/"
              + port
              + ") 2>/dev/null && exit 0;"
              + " sleep 0.1; done; cat "
              + file
              + ".log; exit 1");
    }

    @Override
    public void close() {
      process.destroy();
      var _ = process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    }
  }
}
