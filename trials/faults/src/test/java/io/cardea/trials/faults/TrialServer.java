package io.cardea.trials.faults;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.Server;
import io.cardea.apps.server.StartFailure;
import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.config.ConfigException;
import io.cardea.apps.server.config.DataDirectory;
import io.cardea.protocols.est.client.ConnectionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The product, whole and in this process, with what a trial needs to talk to it.
final class TrialServer implements AutoCloseable {
  static final String TRUST_DOMAIN = "trials.example";
  private static final JsonMapper JSON = new JsonMapper();
  private static final String OWNER = "trials";
  private static final Duration TOKEN_LIFE = Duration.ofHours(1);

  private final Server server;
  private final ControlPlane api;

  private TrialServer(Server server, ControlPlane api) {
    this.server = server;
    this.api = api;
  }

  /// The keys of a configuration that listens where nobody else does.
  static Map<String, String> keys(Path directory, Ports ports) {
    Map<String, String> keys = new HashMap<>();
    keys.put("data.directory", directory.toString());
    keys.put("public.url", "http://localhost:" + ports.http());
    keys.put("identity.trust-domain", TRUST_DOMAIN);
    keys.put("device.listen", "127.0.0.1:" + ports.devices());
    keys.put("api.listen", "127.0.0.1:" + ports.people());
    keys.put("http.listen", "127.0.0.1:" + ports.http());
    keys.put("drain.timeout", "2s");
    // What takes a device a year is done here in a second.
    keys.put("limits.device-per-minute", "0");
    keys.put("limits.token-per-minute", "0");
    keys.put("limits.api-token-per-second", "0");
    return keys;
  }

  static TrialServer start(Path directory) throws IOException, StartFailure {
    return start(directory, Map.of());
  }

  static TrialServer start(Path directory, Map<String, String> more)
      throws IOException, StartFailure {
    Map<String, String> keys = keys(directory, Ports.free());
    keys.putAll(more);
    return startWith(keys);
  }

  static TrialServer startWith(Map<String, String> keys) throws IOException, StartFailure {
    Server server = Server.start(config(keys));
    boolean reached = false;
    try {
      ControlPlane api = api(server.directory(), server.apiPort());
      api.awaitReady();
      reached = true;
      return new TrialServer(server, api);
    } finally {
      if (!reached) {
        server.close();
      }
    }
  }

  static Config config(Map<String, String> keys) {
    try {
      return Config.of(keys);
    } catch (ConfigException e) {
      throw new IllegalArgumentException("the trial's configuration is refused", e);
    }
  }

  static ControlPlane api(DataDirectory directory, int port) throws IOException {
    return ControlPlane.at(port, directory.trustedAuthorities(), directory.administratorToken());
  }

  /// How a device reaches a server, here or elsewhere.
  static ConnectionSettings door(DataDirectory directory, int port) throws IOException {
    Set<X509Certificate> anchors = new HashSet<>();
    try (InputStream in = Files.newInputStream(directory.trustedAuthorities())) {
      for (var ca : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        anchors.add((X509Certificate) ca);
      }
    } catch (CertificateException e) {
      throw new IOException(directory + ": " + e.getMessage(), e);
    }
    return new ConnectionSettings(URI.create("https://localhost:" + port), anchors)
        .withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(30));
  }

  Server server() {
    return server;
  }

  ControlPlane api() {
    return api;
  }

  ConnectionSettings door() throws IOException {
    return door(server.directory(), server.devicePort());
  }

  LedgerCheck ledger() {
    return LedgerCheck.of(server.store());
  }

  /// A device that was registered a moment ago, with a token to enrol with.
  PlainDevice device(String id, String deviceClass) throws IOException {
    return device(api, door(), id, deviceClass);
  }

  static PlainDevice device(
      ControlPlane api, ConnectionSettings door, String id, String deviceClass) throws IOException {
    api.register(id, deviceClass, OWNER);
    return new PlainDevice(id, api.enrolmentToken(id, TOKEN_LIFE), door);
  }

  /// A class of devices that differs from the usual ones by these facts.
  static void createClass(ControlPlane api, String name, String profile, Map<String, Object> facts)
      throws IOException {
    ObjectNode body = JSON.valueToTree(facts);
    body.put("name", name);
    body.put("profile", profile);
    api.call("POST", "/api/v1/classes", body);
  }

  /// Closed as an operator would.
  @Override
  public void close() {
    api.close();
    server.close();
  }
}
