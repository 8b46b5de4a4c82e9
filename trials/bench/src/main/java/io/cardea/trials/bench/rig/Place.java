package io.cardea.trials.bench.rig;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.fleet.Ports;
import io.cardea.apps.fleet.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A directory of its own for one benchmark, removed at its end, and the configuration of the
/// server in it.
///
/// @param more keys of the configuration beyond the usual ones
public record Place(Path root, Ports ports, Map<String, String> more) implements AutoCloseable {
  public Place {
    more = Map.copyOf(more);
  }

  /// @param parent a file system that keeps what it is told, for durability is measured too
  public static Place make(Path parent) throws IOException {
    return make(parent, Map.of());
  }

  public static Place make(Path parent, Map<String, String> more) throws IOException {
    Files.createDirectories(parent);
    Path root = Files.createTempDirectory(parent.toAbsolutePath(), "cardea-bench-");
    // PostgreSQL runs as somebody else when we are root, and has to get through.
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
    return new Place(root, Ports.free(), more);
  }

  public Path server() {
    return root.resolve("server");
  }

  public Path log(String name) {
    return root.resolve(name + ".log");
  }

  public String fileSystem() throws IOException {
    return Files.getFileStore(root).type();
  }

  /// What is not said is the product's default. Few devices do here what many do, so that nothing
  /// is limited by the device.
  public Map<String, String> config() {
    Map<String, String> keys = new TreeMap<>(more);
    keys.putAll(usual());
    return keys;
  }

  private Map<String, String> usual() {
    return Map.of(
        "limits.device-per-minute",
        "0",
        "limits.token-per-minute",
        "0",
        "limits.api-token-per-second",
        "0",
        "data.directory",
        server().toString(),
        "public.url",
        "http://localhost:" + ports.http(),
        "device.listen",
        "127.0.0.1:" + ports.devices(),
        "api.listen",
        "127.0.0.1:" + ports.people(),
        "http.listen",
        "127.0.0.1:" + ports.http(),
        "drain.timeout",
        "5s");
  }

  /// The same as a file, for the command line.
  Path writeConfig() throws IOException {
    StringBuilder yaml = new StringBuilder();
    new TreeMap<>(config())
        .forEach((key, value) -> yaml.append(key).append(": \"").append(value).append("\"\n"));
    Path file = root.resolve("cardea.yaml");
    Files.writeString(file, yaml.toString());
    return file;
  }

  /// The authorities that the server wrote down for those who trust it.
  public List<X509Certificate> authorities() throws IOException {
    List<X509Certificate> authorities = new ArrayList<>();
    try (var in = Files.newInputStream(server().resolve("ca.pem"))) {
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        authorities.add((X509Certificate) certificate);
      }
    } catch (CertificateException e) {
      throw new IOException("the authorities in " + server() + " cannot be read", e);
    }
    return authorities;
  }

  /// The API, with the administrator's token.
  public ControlPlane api() throws IOException {
    ControlPlane api =
        ControlPlane.at(
            ports.people(), server().resolve("ca.pem"), server().resolve("administrator.token"));
    api.awaitReady();
    return api;
  }

  @Override
  public void close() throws IOException {
    Tree.delete(root);
  }
}
