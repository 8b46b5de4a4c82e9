package io.cardea.platform.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A token at the end of a cable: SoftHSM in another process, behind the remoting of `p11-kit`. The
/// cable can be pulled (the process is killed) and put back, and the token can hang (the process is
/// stopped) and go on.
public final class RemoteHsm implements AutoCloseable {
  public static final Path CLIENT = Path.of("/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so");

  private final SoftHsm hsm;
  private final String label;
  private final Path socket;
  private Process server;

  public RemoteHsm(SoftHsm hsm, String label) throws IOException, InterruptedException {
    this.hsm = hsm;
    this.label = label;
    this.socket = hsm.file("remote.sock");
    SoftHsm.setEnvironment("P11_KIT_SERVER_ADDRESS", "unix:path=" + socket);
    server = start();
  }

  private Process start() throws IOException, InterruptedException {
    Files.deleteIfExists(socket);
    ProcessBuilder builder =
        new ProcessBuilder(
                "p11-kit",
                "server",
                "--provider",
                SoftHsm.MODULE.toString(),
                "-n",
                socket.toString(),
                "-f",
                "pkcs11:token=" + label)
            .redirectErrorStream(true)
            .redirectOutput(hsm.file("remote.log").toFile());
    builder.environment().put("SOFTHSM2_CONF", hsm.file("softhsm2.conf").toString());
    Process process = builder.start();
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!Files.exists(socket)) {
      assertThat(System.nanoTime()).as("a minute").isLessThan(deadline);
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as("it ended").isFalse();
    }
    return process;
  }

  Pkcs11Token open(Duration timeout, int sessions, int waiting) {
    return new Pkcs11Token(
        new Pkcs11Token.Settings(CLIENT, label, hsm.pin(), timeout, sessions, waiting));
  }

  public void pull() throws InterruptedException {
    for (ProcessHandle one : processes()) {
      one.destroyForcibly();
    }
    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  public void putBack() throws IOException, InterruptedException {
    server = start();
  }

  void hang() throws IOException, InterruptedException {
    signal("-STOP");
  }

  void goOn() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    for (ProcessHandle one : processes()) {
      hsm.run("kill", signal, Long.toString(one.pid()));
    }
  }

  /// The server, and its child for each connection.
  private Iterable<ProcessHandle> processes() {
    return Stream.concat(server.descendants(), Stream.of(server.toHandle())).toList();
  }

  @Override
  public void close() {
    try {
      pull();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while the server ended", e);
    }
  }
}
