package io.cardea.apps.server.config;

import io.cardea.apps.server.oidc.OidcSettings;
import io.cardea.apps.server.tracing.TraceSettings;
import io.cardea.life.pki.KeyHome;
import io.cardea.protocols.edge.Proxies;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Fills in what follows from other things, and judges what only shows when keys are seen together.
final class Assembly {
  private static final Path OF_ROOT = Path.of("/var/lib/cardea");
  private static final Path OF_OTHERS = Path.of(".cardea");

  private final ConfigReader.Values values;
  private final String user;

  Assembly(ConfigReader.Values values, String user) {
    this.values = values;
    this.user = user;
  }

  /// Adds the problems that it finds, and the settings that it derived.
  Optional<Config> assemble(List<Problem> problems, List<Setting> settings) {
    derived(settings, Keys.DATA_DIRECTORY, dataDirectory().path().toString());
    refuseClashes(problems);
    Optional<DatabaseSettings> database = database(problems);
    Optional<OidcSettings> oidc = oidc(problems);
    KeySettings keys = keys(problems);
    Optional<TlsFileSettings> tlsFiles = tlsFiles(problems);
    if (!problems.isEmpty() || database.isEmpty()) {
      return Optional.empty();
    }
    URI publicUrl = value(Keys.PUBLIC_URL);
    List<String> names = values.get(Keys.TLS_NAMES).orElseGet(() -> namesOf(publicUrl));
    String trustDomain = values.get(Keys.TRUST_DOMAIN).orElseGet(() -> trustDomainOf(publicUrl));
    derived(settings, Keys.TRUST_DOMAIN, trustDomain);
    derived(settings, Keys.TLS_NAMES, String.join(",", names));
    return Optional.of(
        new Config(
            dataDirectory(),
            publicUrl,
            trustDomain,
            value(Keys.DEVICE_LISTEN),
            value(Keys.API_LISTEN),
            value(Keys.HTTP_LISTEN),
            values.get(Keys.POINTS_LISTEN),
            names,
            tlsFiles,
            database.get(),
            values.get(Keys.DATABASE_REPORTING_STANDBYS).orElse(List.of()),
            keys,
            value(Keys.ISSUE_WRITERS),
            values.get(Keys.ENROLMENT_REFUSED_KEYS),
            edge(),
            new LimitSettings(
                value(Keys.LIMITS_DEVICE),
                value(Keys.LIMITS_TOKEN),
                value(Keys.LIMITS_CLASS),
                value(Keys.LIMITS_API_TOKEN)),
            new RevocationSettings(
                values.get(Keys.CRL_FOLDER),
                value(Keys.CRL_MEMORY),
                value(Keys.OCSP_MEMORY),
                value(Keys.OCSP_ANSWER_LIFE),
                value(Keys.OCSP_NONCE)),
            new Proxies(
                values.get(Keys.PROXY_PASS_THROUGH).orElse(List.of()),
                Set.copyOf(values.get(Keys.PROXY_CERTIFICATES).orElse(List.of())),
                value(Keys.PROXY_PROVES)),
            mqtt(),
            value(Keys.DRAIN_TIMEOUT),
            value(Keys.CLOCK_MAX_DRIFT),
            value(Keys.BACKUP_EXPECTED_EVERY),
            value(Keys.CREDENTIALS_KEEP_EXPIRED),
            values
                .get(Keys.TRACES_ENDPOINT)
                .map(endpoint -> new TraceSettings(endpoint, value(Keys.TRACES_PERCENT))),
            oidc,
            new LogSettings(value(Keys.LOG_LEVEL), value(Keys.LOG_FORMAT))));
  }

  private Optional<OidcSettings> oidc(List<Problem> problems) {
    Optional<URI> issuer = values.get(Keys.OIDC_ISSUER);
    for (Key<?> key : List.of(Keys.OIDC_AUDIENCE, Keys.OIDC_ROLES)) {
      boolean there = values.get(key).isPresent();
      if (there && issuer.isEmpty()) {
        problems.add(
            new Problem(values.where(key), key.name() + ": has no meaning without oidc.issuer"));
      } else if (!there && issuer.isPresent()) {
        problems.add(
            new Problem(
                values.where(Keys.OIDC_ISSUER), "oidc.issuer: wants " + key.name() + " as well"));
      }
    }
    if (!problems.isEmpty() || issuer.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OidcSettings(
            issuer.get(),
            value(Keys.OIDC_AUDIENCE),
            values.get(Keys.OIDC_CA_FILE),
            value(Keys.OIDC_ROLES_CLAIM),
            value(Keys.OIDC_ROLES)));
  }

  private Optional<TlsFileSettings> tlsFiles(List<Problem> problems) {
    List<Key<Path>> first = List.of(Keys.TLS_CERTIFICATE, Keys.TLS_KEY, Keys.TLS_ANCHORS);
    List<Key<Path>> second = List.of(Keys.TLS_SECOND_CERTIFICATE, Keys.TLS_SECOND_KEY);
    requireTogether(first, problems);
    requireTogether(second, problems);
    boolean two = values.get(Keys.TLS_SECOND_CERTIFICATE).isPresent();
    if (two && values.get(Keys.TLS_CERTIFICATE).isEmpty()) {
      problems.add(
          new Problem(
              values.where(Keys.TLS_SECOND_CERTIFICATE),
              "tls.second-certificate: has no meaning without tls.certificate"));
    }
    if (!problems.isEmpty() || values.get(Keys.TLS_CERTIFICATE).isEmpty()) {
      return Optional.empty();
    }
    List<TlsFileSettings.Pair> pairs = new ArrayList<>();
    pairs.add(new TlsFileSettings.Pair(value(Keys.TLS_CERTIFICATE), value(Keys.TLS_KEY)));
    if (two) {
      pairs.add(
          new TlsFileSettings.Pair(value(Keys.TLS_SECOND_CERTIFICATE), value(Keys.TLS_SECOND_KEY)));
    }
    // What Cardea adds to its own certificate, localhost for instance, nobody else certifies.
    List<String> names =
        values.get(Keys.TLS_NAMES).orElseGet(() -> namesOf(value(Keys.PUBLIC_URL)).subList(0, 1));
    return Optional.of(new TlsFileSettings(pairs, value(Keys.TLS_ANCHORS), names));
  }

  private void requireTogether(List<Key<Path>> keys, List<Problem> problems) {
    for (Key<Path> key : keys) {
      for (Key<Path> other : keys) {
        if (values.get(key).isPresent() && values.get(other).isEmpty()) {
          problems.add(
              new Problem(values.where(key), key.name() + ": wants " + other.name() + " as well"));
        }
      }
    }
  }

  private KeySettings keys(List<Problem> problems) {
    Optional<Path> module = values.get(Keys.KEYS_PKCS11_MODULE);
    Optional<String> token = values.get(Keys.KEYS_PKCS11_TOKEN);
    KeyHome home = values.get(Keys.KEYS_HOME).orElse(KeyHome.SOFTWARE);
    if (module.isEmpty()) {
      for (Key<?> key : List.of(Keys.KEYS_PKCS11_TOKEN, Keys.KEYS_PKCS11_PIN_FILE)) {
        if (values.get(key).isPresent()) {
          problems.add(
              new Problem(
                  values.where(key), key.name() + ": has no meaning without keys.pkcs11.module"));
        }
      }
      if (home == KeyHome.PKCS11) {
        problems.add(
            new Problem(
                values.where(Keys.KEYS_HOME), "keys.home: pkcs11 needs keys.pkcs11.module"));
      }
      return new KeySettings(home, Optional.empty());
    }
    if (token.isEmpty()) {
      problems.add(
          new Problem(
              values.where(Keys.KEYS_PKCS11_MODULE),
              "keys.pkcs11.module: keys.pkcs11.token must say which token of it"));
    }
    return new KeySettings(
        home,
        Optional.of(
            new KeySettings.Token(
                module.get(),
                token.orElse(""),
                values.get(Keys.KEYS_PKCS11_PIN_FILE),
                values.get(Keys.KEYS_PKCS11_TIMEOUT).orElse(Duration.ofSeconds(5)),
                values.get(Keys.KEYS_PKCS11_SESSIONS).orElse(4))));
  }

  private Optional<MqttSettings> mqtt() {
    return values
        .get(Keys.MQTT_LISTEN)
        .map(listen ->
            new MqttSettings(
                listen,
                value(Keys.MQTT_PACKET_SIZE),
                value(Keys.MQTT_QUEUED),
                value(Keys.MQTT_SESSION_EXPIRY),
                Set.copyOf(values.get(Keys.MQTT_READERS).orElse(List.of()))));
  }

  private EdgeSettings edge() {
    return new EdgeSettings(
        value(Keys.EDGE_HANDSHAKE_TIMEOUT),
        value(Keys.EDGE_REQUEST_TIMEOUT),
        value(Keys.EDGE_IDLE_TIMEOUT),
        value(Keys.EDGE_WRITE_TIMEOUT),
        value(Keys.EDGE_HEADER_SIZE),
        value(Keys.EDGE_BODY_SIZE),
        value(Keys.EDGE_CONNECTIONS),
        value(Keys.EDGE_CONNECTIONS_PER_ADDRESS),
        value(Keys.EDGE_REQUESTS_PER_CONNECTION),
        value(Keys.EDGE_REQUESTS_IN_FLIGHT),
        value(Keys.EDGE_REQUESTS_WAITING),
        value(Keys.EDGE_HANDSHAKE_SHARE));
  }

  private Optional<DatabaseSettings> database(List<Problem> problems) {
    int before = problems.size();
    Optional<String> url = values.get(Keys.DATABASE_URL);
    Optional<Path> file = values.get(Keys.DATABASE_PASSWORD_FILE);
    Optional<Secret> password = values.get(Keys.DATABASE_PASSWORD);
    Optional<String> role = values.get(Keys.DATABASE_USER);
    if (url.isEmpty()) {
      // Without its URL, a role or a password would go unused, and somebody else's database would
      // not be asked.
      for (Key<?> key :
          List.of(Keys.DATABASE_USER, Keys.DATABASE_PASSWORD_FILE, Keys.DATABASE_PASSWORD)) {
        if (values.get(key).isPresent()) {
          problems.add(
              new Problem(values.where(key), key.name() + ": has no meaning without database.url"));
        }
      }
    }
    url.flatMap(DatabaseLink::complaint)
        .ifPresent(why ->
            problems.add(new Problem(values.where(Keys.DATABASE_URL), "database.url: " + why)));
    if (file.isPresent() && password.isPresent()) {
      problems.add(
          new Problem(
              values.where(Keys.DATABASE_PASSWORD),
              "database.password: database.password-file is set too; set one of them"));
    } else if (file.isPresent()) {
      password =
          ConfigReader.readPassword(
              file.get(), values.where(Keys.DATABASE_PASSWORD_FILE), problems);
    }
    Optional<Integer> poolSize = values.get(Keys.DATABASE_POOL_SIZE);
    Optional<Integer> writers = values.get(Keys.ISSUE_WRITERS);
    if (poolSize.isPresent() && writers.isPresent() && poolSize.get() <= writers.get()) {
      problems.add(
          new Problem(
              values.where(Keys.DATABASE_POOL_SIZE),
              "database.pool-size: "
                  + poolSize.get()
                  + " (expected: more than issue.writers, which is "
                  + writers.get()
                  + ")"));
    }
    if (problems.size() > before || poolSize.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        url.isEmpty()
            ? new DatabaseSettings.Embedded(poolSize.get())
            : new DatabaseSettings.External(url.get(), role, password, poolSize.get()));
  }

  private void refuseClashes(List<Problem> problems) {
    List<Key<Listen>> keys =
        List.of(
            Keys.DEVICE_LISTEN,
            Keys.API_LISTEN,
            Keys.HTTP_LISTEN,
            Keys.MQTT_LISTEN,
            Keys.POINTS_LISTEN);
    for (int i = 0; i < keys.size(); i++) {
      for (int j = 0; j < i; j++) {
        Optional<Listen> one = values.get(keys.get(j));
        Optional<Listen> other = values.get(keys.get(i));
        if (one.isPresent() && other.isPresent() && one.get().clashesWith(other.get())) {
          problems.add(
              new Problem(
                  values.where(keys.get(i)),
                  keys.get(i).name() + ": " + other.get() + " is taken by " + keys.get(j).name()));
        }
      }
    }
  }

  DataDirectory dataDirectory() {
    return new DataDirectory(
        values
            .get(Keys.DATA_DIRECTORY)
            .orElseGet(
                () -> "root".equals(user) ? OF_ROOT : OF_OTHERS.toAbsolutePath().normalize()));
  }

  /// An address of IP version 6 cannot stand in a trust domain.
  private static String trustDomainOf(URI publicUrl) {
    String host = publicUrl.getHost().toLowerCase(Locale.ROOT);
    return Kind.isTrustDomain(host) ? host : "fleet.internal";
  }

  private static List<String> namesOf(URI publicUrl) {
    Set<String> names = new LinkedHashSet<>();
    names.add(publicUrl.getHost().replaceAll("[\\[\\]]", ""));
    names.add("localhost");
    names.add("127.0.0.1");
    return new ArrayList<>(names);
  }

  private <T> T value(Key<T> key) {
    return values
        .get(key)
        .orElseThrow(
            () -> new IllegalStateException(key.name() + " has neither value nor default"));
  }

  private void derived(List<Setting> settings, Key<?> key, String value) {
    if (settings.stream().noneMatch(setting -> setting.key().equals(key.name()))) {
      settings.add(new Setting(key.name(), value, new Origin.Default()));
      settings.sort(
          Comparator.comparingInt(
              setting -> Keys.ALL.stream().map(Key::name).toList().indexOf(setting.key())));
    }
  }
}
