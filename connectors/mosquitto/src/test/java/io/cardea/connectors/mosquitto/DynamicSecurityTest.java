package io.cardea.connectors.mosquitto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.inventory.DeviceId;
import io.cardea.life.testing.NeedsTool;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Debian's Mosquitto with its dynamic security plugin, its own clients, and certificates of
/// openssl.
@NeedsTool({"mosquitto", "mosquitto_pub", "mosquitto_ctrl", "openssl"})
class DynamicSecurityTest {
  private static final String PLUGIN = "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so";
  private static final String PASSWORD = "not-a-secret";

  @TempDir static Path folder;
  private static Process broker;
  private static int adminPort;
  private static int tlsPort;
  private static DynamicSecurity security;

  @BeforeAll
  static void start() throws Exception {
    selfSigned("ca", "/CN=ca");
    selfSigned("server", "/CN=localhost");
    run("mosquitto_ctrl", "dynsec", "init", path("dynamic.json"), "admin", PASSWORD);
    adminPort = free();
    tlsPort = free();
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        """
        user root
        plugin %s
        plugin_opt_config_file %s
        listener %d 127.0.0.1
        listener %d 127.0.0.1
        cafile %s
        certfile %s
        keyfile %s
        require_certificate true
        use_identity_as_username true
        """
            .formatted(
                PLUGIN,
                path("dynamic.json"),
                adminPort,
                tlsPort,
                path("ca.pem"),
                path("server.pem"),
                path("server.key")));
    broker =
        new ProcessBuilder("mosquitto", "-c", path("mosquitto.conf"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("mosquitto.log").toFile())
            .start();
    awaitPort(adminPort);
    security =
        DynamicSecurity.connect(
            new MosquittoSettings(
                "127.0.0.1",
                adminPort,
                Optional.empty(),
                "admin",
                PASSWORD,
                Duration.ofSeconds(30)));
  }

  @AfterAll
  static void stop() throws Exception {
    security.close();
    broker.destroy();
    broker.waitFor();
  }

  @Test
  void device_publishesUnderItsOwnNameAfterItWasLetIn() throws Exception {
    certificate("pump-1");
    assertThat(publishes("pump-1", "devices/pump-1/t")).isFalse();

    security.letIn(new DeviceId("pump-1"));
    security.letIn(new DeviceId("pump-1"));

    assertThat(publishes("pump-1", "devices/pump-1/t")).isTrue();
    assertThat(publishes("pump-1", "devices/pump-2/t")).isFalse();
  }

  @Test
  void deviceThatIsShutOut_losesItsSessionAndPublishesNothingMore() throws Exception {
    certificate("pump-3");
    security.letIn(new DeviceId("pump-3"));
    assertThat(publishes("pump-3", "devices/pump-3/t")).isTrue();
    Process session =
        new ProcessBuilder(client("mosquitto_sub", "pump-3", "devices/pump-3/#"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("session.log").toFile())
            .start();
    awaitLog("as pump-3-sub", 1);

    security.shutOut(new DeviceId("pump-3"));

    awaitLog("Client pump-3-sub", 1);
    assertThat(publishes("pump-3", "devices/pump-3/t")).isFalse();
    session.destroy();
    security.shutOut(new DeviceId("pump-3"));
    security.letIn(new DeviceId("pump-3"));
    assertThat(publishes("pump-3", "devices/pump-3/t")).isTrue();
  }

  @Test
  void deviceThatWasNeverLetIn_isShutOutWithoutAWord() throws Exception {
    security.shutOut(new DeviceId("pump-4"));
    certificate("pump-4");
    assertThat(publishes("pump-4", "devices/pump-4/t")).isFalse();
  }

  private static boolean publishes(String id, String topic) throws Exception {
    List<String> command = client("mosquitto_pub", id, topic, "-q", "1", "-m", "x");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return process.exitValue() == 0 && !said.contains("Not authorized");
  }

  private static List<String> client(String program, String id, String topic, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program,
                "-V",
                "5",
                "-h",
                "localhost",
                "-p",
                Integer.toString(tlsPort),
                "--cafile",
                path("server.pem"),
                "--cert",
                path(id + ".pem"),
                "--key",
                path(id + ".key"),
                "-i",
                id + program.replace("mosquitto_", "-"),
                "-t",
                topic));
    command.addAll(List.of(more));
    return command;
  }

  private static void selfSigned(String name, String subject) throws Exception {
    run(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        subject,
        "-keyout",
        path(name + ".key"),
        "-out",
        path(name + ".pem"));
  }

  private static void certificate(String id) throws Exception {
    run(
        "openssl",
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=" + id,
        "-keyout",
        path(id + ".key"),
        "-out",
        path(id + ".csr"));
    run(
        "openssl",
        "x509",
        "-req",
        "-in",
        path(id + ".csr"),
        "-CA",
        path("ca.pem"),
        "-CAkey",
        path("ca.key"),
        "-CAcreateserial",
        "-out",
        path(id + ".pem"));
  }

  private static void run(String... command) throws Exception {
    File log = folder.resolve("tools.log").toFile();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitPort(int port) {
    await(
        "port " + port,
        () -> {
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
          } catch (IOException e) {
            return false;
          }
        });
  }

  private static void awaitLog(String text, int times) {
    await(
        text,
        () -> {
          try {
            return Files.readString(folder.resolve("mosquitto.log")).split(text, -1).length > times;
          } catch (IOException e) {
            return false;
          }
        });
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(String what, Condition condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
