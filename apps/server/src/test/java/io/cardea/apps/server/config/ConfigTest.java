package io.cardea.apps.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.cardea.life.pki.KeyHome;
import io.cardea.protocols.edge.Proxies;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Long, as it has a line or two for each key there is.
class ConfigTest {
  private static final Map<String, String> NO_ENVIRONMENT = Map.of();

  /// A value other than the default for each key, with what else must be set for it.
  private static final Map<String, String> OTHER_VALUES =
      Map.ofEntries(
          entry("data.directory", "/srv/cardea"),
          entry("public.url", "http://pki.example.net/cardea"),
          entry("identity.trust-domain", "fleet.example.net"),
          entry("device.listen", "[::1]:18443"),
          entry("api.listen", "127.0.0.1:19443"),
          entry("http.listen", "localhost:0"),
          entry("points.listen", "127.0.0.1:17443"),
          entry("tls.names", "cardea.example.org,192.0.2.7,2001:db8::7"),
          entry("tls.certificate", "/etc/cardea/tls.pem"),
          entry("tls.key", "/etc/cardea/tls.key"),
          entry("tls.second-certificate", "/etc/cardea/rsa.pem"),
          entry("tls.second-key", "/etc/cardea/rsa.key"),
          entry("tls.anchors", "/etc/cardea/roots.pem"),
          entry("database.url", "jdbc:postgresql://db.example.org/cardea?sslmode=verify-full"),
          entry("database.user", "cardea"),
          entry("database.password-file", "PASSWORD_FILE"),
          entry("database.password", "planted-secret"),
          entry("database.pool-size", "20"),
          entry("keys.home", "pkcs11"),
          entry("keys.pkcs11.module", "/usr/lib/token.so"),
          entry("keys.pkcs11.token", "slot:7"),
          entry("keys.pkcs11.pin-file", "/etc/cardea/pin"),
          entry("keys.pkcs11.timeout", "900ms"),
          entry("keys.pkcs11.sessions", "9"),
          entry("issue.writers", "4"),
          entry("enrolment.refused-keys", "/etc/cardea/refused-keys"),
          entry("edge.handshake-timeout", "3s"),
          entry("edge.request-timeout", "4s"),
          entry("edge.idle-timeout", "5m"),
          entry("edge.write-timeout", "500ms"),
          entry("edge.header-size", "16KiB"),
          entry("edge.body-size", "1MiB"),
          entry("edge.connections", "50000"),
          entry("edge.connections-per-address", "100"),
          entry("edge.requests-per-connection", "7"),
          entry("edge.requests-in-flight", "64"),
          entry("edge.requests-waiting", "0"),
          entry("edge.handshake-share", "30"),
          entry("limits.device-per-minute", "0"),
          entry("limits.token-per-minute", "5"),
          entry("limits.class-per-second", "50"),
          entry("limits.api-token-per-second", "20"),
          entry("crl.folder", "/etc/cardea/lists"),
          entry("crl.memory", "1MiB"),
          entry("ocsp.memory", "128MiB"),
          entry("ocsp.answer-life", "2h"),
          entry("ocsp.nonce", "repeat"),
          entry("proxy.pass-through", "192.0.2.0/24,2001:db8::/32"),
          entry("proxy.certificates", "ab".repeat(32)),
          entry("proxy.proves", "true"),
          entry("mqtt.listen", "127.0.0.1:8883"),
          entry("mqtt.packet-size", "1MiB"),
          entry("mqtt.queued-messages", "50"),
          entry("mqtt.session-expiry", "1h"),
          entry("mqtt.readers", "historian, dashboard"),
          entry("drain.timeout", "1m"),
          entry("clock.max-drift", "2s"),
          entry("backup.expected-every", "26h"),
          entry("credentials.keep-expired", "90d"),
          entry("database.reporting-standbys", "reports, archive"),
          entry("traces.endpoint", "http://localhost:4318/v1/traces"),
          entry("traces.percent", "100"),
          entry("oidc.issuer", "https://id.example.org/realm"),
          entry("oidc.audience", "cardea"),
          entry("oidc.ca-file", "/etc/id.pem"),
          entry("oidc.roles-claim", "roles"),
          entry("oidc.roles", "pki=pki-officer,line-7=reader@class:pumps+owner:acme"),
          entry("log.level", "debug"),
          entry("log.format", "json"));

  @TempDir Path folder;

  @Test
  void emptyFile_givesEveryDefault() throws Exception {
    assertThat(yaml("public.url: http://pki.example.org").orThrow())
        .isEqualTo(
            new Config(
                new DataDirectory(Path.of(".cardea").toAbsolutePath()),
                URI.create("http://pki.example.org"),
                "pki.example.org",
                new Listen("0.0.0.0", 8443),
                new Listen("0.0.0.0", 9443),
                new Listen("0.0.0.0", 8080),
                Optional.empty(),
                List.of("pki.example.org", "localhost", "127.0.0.1"),
                Optional.empty(),
                new DatabaseSettings.Embedded(10),
                List.of(),
                new KeySettings(KeyHome.SOFTWARE, Optional.empty()),
                2,
                Optional.empty(),
                new EdgeSettings(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    8192,
                    65_536,
                    10_000,
                    4_000,
                    10_000,
                    128,
                    1_024,
                    50),
                new LimitSettings(60, 20, 0, 500),
                new RevocationSettings(
                    Optional.empty(),
                    64 << 20,
                    64 << 20,
                    Duration.ofHours(1),
                    RevocationSettings.Nonce.IGNORE),
                Proxies.NONE,
                Optional.empty(),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                Duration.ofDays(7),
                Duration.ofDays(30),
                Optional.empty(),
                Optional.empty(),
                new LogSettings(LogSettings.Level.INFO, LogSettings.Format.TEXT)));
  }

  @Test
  void otherValues_coverEveryKey() {
    assertThat(OTHER_VALUES.keySet())
        .containsExactlyInAnyOrderElementsOf(Keys.ALL.stream().map(Key::name).toList());
  }

  @TestFactory
  Stream<DynamicTest> key_reachesConfigFromFileAndEnvironmentAlike() {
    return Keys.ALL.stream()
        .map(key -> DynamicTest.dynamicTest(key.name(), () -> reachesConfig(key)));
  }

  private void reachesConfig(Key<?> key) throws Exception {
    Map<String, String> around = new HashMap<>(Map.of("public.url", "http://pki.example.org"));
    if (key.name().startsWith("database.") && !key.name().equals("database.pool-size")) {
      around.put("database.url", "jdbc:postgresql:other");
    }
    if (key.name().startsWith("oidc.")) {
      around.put("oidc.issuer", "https://id.example.com");
      around.put("oidc.audience", "other");
      around.put("oidc.roles", "all=reader");
    }
    if (key.name().startsWith("tls.") && !key.name().equals("tls.names")) {
      for (String name :
          List.of("certificate", "key", "second-certificate", "second-key", "anchors")) {
        around.put("tls." + name, "/etc/other/" + name);
      }
    }
    if (key.name().startsWith("mqtt.")) {
      around.put("mqtt.listen", "127.0.0.1:1883");
    }
    if (key.name().startsWith("traces.")) {
      around.put("traces.endpoint", "https://collector.example.com/v1/traces");
    }
    if (key.name().startsWith("keys.")) {
      around.put("keys.pkcs11.module", "/usr/lib/other.so");
      around.put("keys.pkcs11.token", "other");
    }
    String value = OTHER_VALUES.getOrDefault(key.name(), "");
    if ("PASSWORD_FILE".equals(value)) {
      value = passwordFile("planted-secret\n", "rw-------").toString();
    }
    Config without = yaml(lines(around)).orThrow();
    String before = lines(around);
    around.put(key.name(), value);

    Config fromFile = yaml(lines(around)).orThrow();
    ConfigReport fromEnvironment =
        new ConfigReader(Map.of(key.variable(), value), "someone").read("cardea.yaml", before);

    assertThat(described(fromFile)).isNotEqualTo(described(without));
    assertThat(described(fromEnvironment.orThrow())).isEqualTo(described(fromFile));
    assertThat(fromEnvironment.settings())
        .contains(
            new Setting(
                key.name(),
                key.secret() ? "(hidden)" : value,
                new Origin.Environment(key.variable())));
  }

  /// A secret has no equality, so it is shown here, and only here.
  private static String described(Config config) {
    String password =
        config.database() instanceof DatabaseSettings.External external
            ? external.password().map(Secret::reveal).orElse("")
            : "";
    return config + password;
  }

  @Test
  void environment_beatsFile() throws Exception {
    Config config =
        new ConfigReader(Map.of("CARDEA_ISSUE_WRITERS", "3"), "someone")
            .read("cardea.yaml", "public.url: http://a\nissue.writers: 1\n")
            .orThrow();

    assertThat(config.issueWriters()).isEqualTo(3);
  }

  @Test
  void root_keepsItsDataUnderVarLib() throws Exception {
    Config config =
        new ConfigReader(NO_ENVIRONMENT, "root").read("c", "public.url: http://a").orThrow();

    assertThat(config.data().path()).isEqualTo(Path.of("/var/lib/cardea"));
  }

  @Test
  void nestedAndDottedGroups_areTheSame() throws Exception {
    assertThat(yaml("public: {url: 'http://a'}\nlog:\n  level: warn\n").orThrow())
        .isEqualTo(yaml("public.url: http://a\nlog.level: warn\n").orThrow());
  }

  @Test
  void tlsNames_asSequenceOrByComma() throws Exception {
    assertThat(yaml("public.url: http://a\ntls.names: [b, c, b]").orThrow().tlsNames())
        .isEqualTo(yaml("public.url: http://a\ntls.names: b, c").orThrow().tlsNames())
        .containsExactly("b", "c");
  }

  @Test
  void tlsFiles_areWholeOrNotThere() {
    assertThat(yaml("public.url: http://a\ntls.certificate: c\ntls.anchors: r").problems())
        .extracting(Problem::message)
        .containsExactlyInAnyOrder(
            "tls.certificate: wants tls.key as well", "tls.anchors: wants tls.key as well");
    assertThat(yaml("public.url: http://a\ntls.second-key: k").problems())
        .extracting(Problem::message)
        .containsExactly("tls.second-key: wants tls.second-certificate as well");
  }

  @Test
  void tlsFiles_needNotNameLocalhost_unlessToldSo() throws Exception {
    String files = "public.url: http://a\ntls.certificate: c\ntls.key: k\ntls.anchors: r\n";
    assertThat(yaml(files).orThrow().tlsFiles().orElseThrow().names()).containsExactly("a");
    assertThat(yaml(files + "tls.names: b").orThrow().tlsFiles().orElseThrow().names())
        .containsExactly("b");
  }

  @Test
  void trustDomain_isPublicHostIfThatCanBeOne() throws Exception {
    assertThat(yaml("public.url: http://PKI.example").orThrow().trustDomain())
        .isEqualTo("pki.example");
    assertThat(yaml("public.url: 'http://[::1]:8080'").orThrow().trustDomain())
        .isEqualTo("fleet.internal");
    assertThat(yaml("public.url: 'http://[::1]:8080'").orThrow().tlsNames()).contains("::1");
  }

  @Test
  void publicUrl_losesItsTrailingSlash() throws Exception {
    assertThat(yaml("public.url: http://a.example/x/").orThrow().publicUrl())
        .hasToString("http://a.example/x");
  }

  @Test
  void problems_areToldAllAtOnceWithTheirPlaces() {
    ConfigReport report =
        yaml(
            """
            data.directroy: /tmp
            drain.timeout: 10 parsecs
            log:
              level: loud
            issue.writers: 99
            """);

    assertThat(report.config()).isEmpty();
    assertThat(report.problems())
        .extracting(Problem::toString)
        .containsExactlyInAnyOrder(
            "cardea.yaml:1:1: data.directroy: unknown key (did you mean data.directory?)",
            "cardea.yaml:2:1: drain.timeout: \"10 parsecs\" (expected: a duration from 1s to 10m,"
                + " written like 500ms, 10s, 5m, 2h or 90d)",
            "cardea.yaml:4:3: log.level: \"loud\" (expected: error, warn, info, debug or trace)",
            "cardea.yaml:5:1: issue.writers: \"99\" (expected: a whole number from 1 to 16)",
            "public.url: must be set, to an http:// URL with a host and without user, query or"
                + " fragment, like http://pki.example.org; or by the environment:"
                + " CARDEA_PUBLIC_URL");
    assertThatThrownBy(report::orThrow)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("parsecs")
        .hasMessageContaining("loud");
  }

  @TestFactory
  Stream<DynamicTest> badDocument_isRefusedWithItsPlace() {
    return Map.ofEntries(
            entry(
                "log.level: info\nlog: {level: warn}",
                "2:7: log.level: given twice, first in line 1"),
            entry("log.level: info\nlog.level: info", "2:1: log.level: given twice"),
            entry(
                "database: postgres", "1:1: database: is no key but a group of keys: database.url"),
            entry("databse.url: x", "1:1: databse.url: unknown key (did you mean database.url?)"),
            entry("wholly.other: x", "1:1: wholly.other: unknown key (all keys: cardea config"),
            entry("oidc.audience: x", "1:1: oidc.audience: has no meaning without oidc.issuer"),
            entry("oidc.issuer: https://a", "1:1: oidc.issuer: wants oidc.roles as well"),
            entry("oidc.issuer: http://a", "1:1: oidc.issuer: \"http://a\" (expected: an https"),
            entry("oidc.roles: x=king", "1:1: oidc.roles: \"x=king\" (expected: rules like"),
            entry(
                "proxy.pass-through: 10.0.0.0",
                "proxy.pass-through: \"10.0.0.0\" (expected: networks"),
            entry("proxy.pass-through: 10.0.0.0/99", "proxy.pass-through:"),
            entry("proxy.certificates: abcd", "proxy.certificates:"),
            entry("log.level:", "1:1: log.level: has no value"),
            entry("log.level: ''", "1:1: log.level: \"\" (expected:"),
            entry("log.level: [info]", "1:1: log.level: takes one value, not a sequence"),
            entry("tls.names: [{a: b}]", "1:13: tls.names: an item is a plain value"),
            entry("tls.names: [a b]", "1:1: tls.names: \"a b\" (expected: DNS names"),
            entry("tls.names: []", "1:1: tls.names: \"\" (expected: DNS names"),
            entry("a: &x info\nlog.level: *x", "2:12: log.level: an alias is not followed"),
            entry("- a", "1:1: expected: keys and values"),
            entry("just text", "1:1: expected: keys and values"),
            entry("log.level: info\n---\nlog.level: warn", "a second document is not read"),
            entry("log: {level: info", "not well-formed YAML"),
            entry(
                "public.url: https://a",
                "1:1: public.url: \"https://a\" (expected: an http:// URL"),
            entry("public.url: http://u:p@a", "public.url:"),
            entry("device.listen: 8443", "device.listen: \"8443\" (expected: host:port"),
            entry("device.listen: a:99999", "device.listen:"),
            entry("api.listen: 1.2.3.4:8443", "api.listen: 1.2.3.4:8443 is taken by device.listen"),
            entry("edge.body-size: 65536", "edge.body-size: \"65536\" (expected: a size from 4KiB"),
            entry("database.user: x", "database.user: has no meaning without database.url"),
            entry("issue.writers: 12", "database.pool-size: 10 (expected: more than issue.writers"),
            entry("database.url: jdbc:mysql://a/b", "(expected: jdbc:postgresql://host/database"),
            entry("database.url: jdbc:postgresql://a/b", "database.url: says nothing of TLS"),
            entry("database.url: jdbc:postgresql://localhost,a:1/b?x=1", "nothing of TLS"))
        .entrySet()
        .stream()
        .map(one ->
            DynamicTest.dynamicTest(
                one.getKey(),
                () ->
                    assertThat(yaml(one.getKey()).problems())
                        .extracting(Problem::toString)
                        .anyMatch(problem -> problem.contains(one.getValue()))));
  }

  @Test
  void deepNesting_endsEarly() {
    assertThat(yaml("a: {".repeat(50) + "}".repeat(50)).problems())
        .extracting(Problem::message)
        .contains("a.a.a.a.a.a.a.a: nested too deeply");
  }

  @Test
  void hugeFile_isRefusedUnread() {
    assertThat(yaml("#".repeat((1 << 20) + 1)).problems())
        .extracting(Problem::message)
        .contains("is larger than 1 MiB");
  }

  @Test
  void misspeltVariable_isRefused_foreignOneIsNot() {
    ConfigReport report =
        new ConfigReader(
                Map.of(
                    "CARDEA_LOG_LEVL", "info",
                    "CARDEA_SERVICE_HOST", "10.0.0.1",
                    "CARDEA_TOKEN", "planted-secret",
                    "PATH", "/bin"),
                "someone")
            .read("cardea.yaml", "public.url: http://a");

    assertThat(report.problems())
        .containsExactly(
            new Problem("CARDEA_LOG_LEVL", "unknown variable (did you mean CARDEA_LOG_LEVEL?)"));
  }

  @Test
  void secret_isShownNowhere() {
    List<ConfigReport> reports =
        new ArrayList<>(
            List.of(
                yaml(
                    "public.url: http://a\ndatabase: {url: 'jdbc:postgresql:c', password: planted-secret}"),
                yaml("database.password: planted-secret"),
                yaml("database.password: [planted-secret]"),
                yaml("databse.password: planted-secret"),
                yaml("database.password: planted-secret\ndatabase.password: planted-secret"),
                yaml("database: {password: planted-secret"),
                yaml("database.password: 'planted-secret\nlog"),
                yaml("database.password: {x: planted-secret}"),
                yaml("database.password: &planted-secret")));

    assertThat(reports)
        .allSatisfy(report -> assertThat(report.toString()).doesNotContain("planted"));
    assertThat(reports.getFirst().config()).isPresent();
  }

  @Test
  void passwordInReadableFile_isRefused() throws Exception {
    Path file = folder.resolve("cardea.yaml");
    Files.writeString(
        file, "public.url: http://a\ndatabase.url: jdbc:postgresql:c\ndatabase.password: x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThat(Config.check(Optional.of(file), NO_ENVIRONMENT).problems())
        .extracting(Problem::message)
        .containsExactly(
            "database.password: stands in a file that others can read: chmod 600 " + file);

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(Config.load(file, NO_ENVIRONMENT).database())
        .isInstanceOf(DatabaseSettings.External.class);
  }

  @Test
  void passwordFile_mustBeItsOwnersAlone() throws Exception {
    assertThat(withPasswordFile(passwordFile("x", "rw-r--r--")).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("is open to others than its owner");
    assertThat(withPasswordFile(passwordFile("", "rw-------")).problems()).hasSize(1);
    assertThat(withPasswordFile(passwordFile("x".repeat(5000), "rw-------")).problems()).hasSize(1);
    assertThat(withPasswordFile(folder.resolve("missing")).problems()).hasSize(1);
  }

  @Test
  void passwordTwice_isRefused() throws Exception {
    ConfigReport report =
        yaml(
            "public.url: http://a\ndatabase: {url: 'jdbc:postgresql:c', password: x, password-file: "
                + passwordFile("x", "rw-------")
                + "}");

    assertThat(report.problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("one of them");
  }

  @Test
  void missingFile_isOneProblemMore() {
    assertThat(Config.check(Optional.of(folder.resolve("none.yaml")), NO_ENVIRONMENT).problems())
        .extracting(Problem::message)
        .contains("there is no such file");
  }

  @Test
  void binaryFile_isNotUtf8() throws Exception {
    Path file = folder.resolve("cardea.yaml");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThat(Config.check(Optional.of(file), NO_ENVIRONMENT).problems())
        .extracting(Problem::message)
        .contains("is not UTF-8");
  }

  @Test
  void program_givesKeysItself() throws Exception {
    assertThat(
            Config.of(Map.of("public.url", "http://127.0.0.1:8080", "device.listen", "127.0.0.1:0"))
                .deviceListen())
        .isEqualTo(new Listen("127.0.0.1", 0));
    assertThatThrownBy(() -> Config.of(Map.of("public.ur", "http://a")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean public.url?");
  }

  private ConfigReport withPasswordFile(Path file) {
    return yaml(
        "public.url: http://a\ndatabase: {url: 'jdbc:postgresql:c', password-file: " + file + "}");
  }

  private Path passwordFile(String content, String permissions) throws Exception {
    Path file = Files.createTempFile(folder, "password", "");
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static ConfigReport yaml(String text) {
    return new ConfigReader(NO_ENVIRONMENT, "someone").read("cardea.yaml", text);
  }

  private static String lines(Map<String, String> values) {
    StringBuilder yaml = new StringBuilder();
    values.forEach((name, value) -> yaml.append(name).append(": '").append(value).append("'\n"));
    return yaml.toString();
  }
}
