package io.cardea.apps.server.config;

import io.cardea.apps.server.oidc.OidcSettings;
import io.cardea.apps.server.tracing.TraceSettings;
import io.cardea.protocols.edge.Proxies;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a server is started with. Only a configuration without a single problem becomes one of
/// these.
public record Config(
    DataDirectory data,
    URI publicUrl,
    String trustDomain,
    Listen deviceListen,
    Listen apiListen,
    Listen httpListen,
    Optional<Listen> pointsListen,
    List<String> tlsNames,
    Optional<TlsFileSettings> tlsFiles,
    DatabaseSettings database,
    List<String> reportingStandbys,
    KeySettings keys,
    int issueWriters,
    Optional<Path> refusedKeys,
    EdgeSettings edge,
    LimitSettings limits,
    RevocationSettings revocation,
    Proxies proxies,
    Optional<MqttSettings> mqtt,
    Duration drainTimeout,
    Duration maxDrift,
    Duration backupExpectedEvery,
    Duration keepExpired,
    Optional<TraceSettings> traces,
    Optional<OidcSettings> oidc,
    LogSettings log) {

  /// Reads a file, and lets the environment override it.
  public static Config load(Path file, Map<String, String> environment) throws ConfigException {
    return check(Optional.of(file), environment).orThrow();
  }

  /// Reads a file, if there is one, and tells everything about it: the values in effect, and the
  /// problems.
  public static ConfigReport check(Optional<Path> file, Map<String, String> environment) {
    return new ConfigReader(environment, System.getProperty("user.name", "")).read(file);
  }

  /// From keys and their texts, for a server that a program starts. Neither file nor environment is
  /// read.
  public static Config of(Map<String, String> values) throws ConfigException {
    return new ConfigReader(Map.of(), System.getProperty("user.name", "")).read(values).orThrow();
  }
}
