package io.cardea.trials.interop;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.slf4j.LoggerFactory;

/// The product as it is started for good, with a real PostgreSQL, on free ports. One serves all
/// tests of the module that ask for it; each brings devices of its own.
final class WholeServer implements AutoCloseable {
  static final String TRUST_DOMAIN = "fleet.example.org";
  private static final Duration TOKEN_LIFE = Duration.ofHours(1);

  private final Path home;
  private final Server server;
  private final ControlPlane api;
  private final Recorder log;

  private WholeServer(Path home, Server server, ControlPlane api, Recorder log) {
    this.home = home;
    this.server = server;
    this.api = api;
    this.log = log;
  }

  private static WholeServer start() throws IOException, StartFailure, ConfigException {
    return start(Map.of());
  }

  /// One for a test that changes what others rely on.
  ///
  /// @param more configuration beside the usual
  static WholeServer start(Map<String, String> more)
      throws IOException, StartFailure, ConfigException {
    Path home = Files.createTempDirectory("whole-server");
    // Started by root, the database runs as somebody else, who must be able to enter.
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
    Recorder log = Recorder.attach();
    int http = Ports.free().http();
    Map<String, String> values = new HashMap<>();
    values.put("data.directory", home.resolve("data").toString());
    values.put("public.url", "http://localhost:" + http);
    values.put("identity.trust-domain", TRUST_DOMAIN);
    values.put("device.listen", "127.0.0.1:0");
    values.put("api.listen", "127.0.0.1:0");
    values.put("http.listen", "127.0.0.1:" + http);
    values.put("points.listen", "127.0.0.1:0");
    values.put("drain.timeout", "2s");
    values.put("crl.folder", Files.createDirectory(home.resolve("lists")).toString());
    values.putAll(more);
    Server server = Server.start(Config.of(values));
    ControlPlane api =
        ControlPlane.at(
            server.apiPort(),
            server.directory().trustedAuthorities(),
            server.directory().administratorToken());
    api.awaitReady();
    return new WholeServer(home, server, api, log);
  }

  ControlPlane api() {
    return api;
  }

  int devicePort() {
    return server.devicePort();
  }

  /// Where enforcement points report.
  String points() {
    return "https://localhost:" + server.pointPort().orElseThrow();
  }

  int apiPort() {
    return server.apiPort();
  }

  int httpPort() {
    return server.httpPort();
  }

  Path dataDirectory() {
    return server.directory().path();
  }

  /// Where revocation lists of roots elsewhere are put.
  Path lists() {
    return home.resolve("lists");
  }

  Path authorities() {
    return server.directory().trustedAuthorities();
  }

  /// Where devices knock.
  String devices() {
    return "https://localhost:" + devicePort();
  }

  /// Registers a device of the first class and makes its token.
  String token(String device) throws IOException {
    return token(device, "device");
  }

  String token(String device, String deviceClass) throws IOException {
    api.register(device, deviceClass, "interop");
    return api.enrolmentToken(device, TOKEN_LIFE);
  }

  /// Lines in this folder find the authorities as `ca.pem`, the root alone as `root.pem`, the
  /// issuing authority as `issuing.pem`, and where devices knock as `$CARDEA`.
  Bash bash(Path folder) throws IOException {
    String all = Files.readString(authorities());
    Files.writeString(folder.resolve("ca.pem"), all);
    int second = all.lastIndexOf("-----BEGIN CERTIFICATE-----");
    Files.writeString(folder.resolve("root.pem"), all.substring(0, second));
    Files.writeString(folder.resolve("issuing.pem"), all.substring(second));
    return new Bash(folder, Map.of("CARDEA", devices(), "POINTS", points()));
  }

  /// What was logged with an exception's stack trace so far.
  List<String> stackTraces() {
    return log.events.stream()
        .filter(event -> event.getThrowableProxy() != null)
        .map(event ->
            event.getLoggerName() + " " + event + ": " + event.getThrowableProxy().getClassName())
        .toList();
  }

  @Override
  public void close() throws IOException {
    api.close();
    server.close();
    log.stop();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Keeps what the server logs, beside whatever shows it.
  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    static Recorder attach() {
      Recorder recorder = new Recorder();
      recorder.start();
      ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(recorder);
      return recorder;
    }

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }
  }

  /// Hands the one server of this run to whoever has it as a parameter.
  static class Shared implements ParameterResolver {
    private static final ExtensionContext.Namespace HERE =
        ExtensionContext.Namespace.create(WholeServer.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == WholeServer.class;
    }

    /// The store of the whole run closes it at the end.
    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(HERE)
          .computeIfAbsent(getClass(), _ -> begin(), WholeServer.class);
    }

    private static WholeServer begin() {
      try {
        return start();
      } catch (IOException | StartFailure | ConfigException e) {
        throw new IllegalStateException("the server does not start", e);
      }
    }
  }

  /// Another one, for the tests that change the authorities on which all others rely.
  static final class Changing extends Shared {}
}
