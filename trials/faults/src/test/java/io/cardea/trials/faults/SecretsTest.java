package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.server.config.DataDirectory;
import io.cardea.protocols.est.client.CertificateRequests;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.Later;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Secrets go through a whole server in every way that they can, also the wrong ways, and are then
/// searched for in every place where somebody else could find them.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SecretsTest {
  private static final String ENROL = "/.well-known/est/simpleenroll";

  /// What only private keys have in them: the version of PKCS#8 before an EC or RSA algorithm, and
  /// the version of SEC 1 before a number of 256 or 384 bits.
  private static final List<String> PRIVATE_KEYS =
      List.of(
          "020100301306072a8648ce3d0201",
          "020100301006072a8648ce3d0201",
          "020100300d06092a864886f70d010101",
          "0201010420",
          "0201010430");

  private static final String FOUND_DEVICE = "careful-device";

  private final List<String> answers = new ArrayList<>();

  @Test
  void plantedSecrets_showUpNowhere() throws Exception {
    List<Secret> secrets = new ArrayList<>();
    try (Home home = Home.create();
        LogCapture log = LogCapture.start();
        OwnDatabase database = OwnDatabase.start(home.path())) {
      Path directory = home.resolve("server");
      String metrics;
      String processes;
      try (TrialServer server = TrialServer.start(directory, database.keys());
          RawHttp http = new RawHttp(server.door().anchors())) {
        secrets.addAll(ofTheInstallation(directory, database));
        secrets.addAll(throughTheDoors(server, http));
        whileTheDatabaseIsGone(server, http, database, secrets);
        metrics = http.get(server.server().apiPort(), "/metrics").body();
        processes = processes();
        assertThat(server.ledger().holds()).isPositive();
      }

      String rows = rows(database);
      assertThat(metrics).contains("cardea");
      assertThat(processes).contains("postgres");
      assertThat(rows).contains("token.created");
      assertThat(log.text()).contains("first start");
      // The search finds what is no secret.
      assertThat(Secret.of("a name", FOUND_DEVICE).isIn(rows)).isTrue();
      List<Path> open = readableByOthers(home.path());
      assertThat(open).contains(directory.resolve("ca.pem"));
      for (Secret secret : secrets) {
        secret.isNotIn("the log", log.text());
        secret.isNotIn("the database", rows);
        secret.isNotIn("the metrics", metrics);
        secret.isNotIn("a process's command line or environment", processes);
        answers.forEach(answer -> secret.isNotIn("an answer", answer));
        open.forEach(file -> secret.isNotIn(file.toString(), content(file)));
      }
      holdsNoPrivateKey(rows);
    }
  }

  private static List<Secret> ofTheInstallation(Path directory, OwnDatabase database)
      throws IOException {
    String wrapping = Files.readString(directory.resolve("wrapping.key")).strip();
    String administrator =
        Files.readString(new DataDirectory(directory).administratorToken()).strip();
    return List.of(
        Secret.of("the wrapping key", HexFormat.of().parseHex(wrapping)),
        Secret.of("the administrator's token", administrator),
        Secret.of("the database's password", database.postgres().address().password()));
  }

  private List<Secret> throughTheDoors(TrialServer server, RawHttp http) throws Exception {
    List<Secret> secrets = new ArrayList<>();
    ConnectionSettings door = server.door();
    PlainDevice device = server.device(FOUND_DEVICE, "device");
    secrets.add(Secret.of("a token that was used", device.token()));
    ClientIdentity identity = device.enrolled();
    assertThat(device.isAdmitted(device.renewed(identity))).isTrue();
    PlainDevice idle = server.device("idle", "device");
    secrets.add(Secret.of("a token that was not used", idle.token()));

    String wrong = planted(secrets, "a wrong token");
    assertThat(new PlainDevice(FOUND_DEVICE, wrong, door).enrol(PlainDevice.key()))
        .isInstanceOf(Declined.class);
    // The right token, for another device.
    assertThat(new PlainDevice(FOUND_DEVICE, idle.token(), door).enrol(PlainDevice.key()))
        .isInstanceOf(Declined.class);
    String asName = planted(secrets, "a token in the place of a name");
    assertThat(new PlainDevice(asName, "careful", door).enrol(PlainDevice.key()))
        .isInstanceOf(Declined.class);

    int devices = server.server().devicePort();
    String csr = Base64.getEncoder().encodeToString(CertificateRequests.der(PlainDevice.key()));
    String type = "application/pkcs10";
    String unreadable = planted(secrets, "a login without a colon");
    refused(
        http.post(
            devices,
            ENROL,
            csr,
            "Content-Type",
            type,
            "Authorization",
            "Basic " + base64(unreadable)));
    String bare = planted(secrets, "a login that is not base64");
    refused(
        http.post(devices, ENROL, csr, "Content-Type", type, "Authorization", "Basic !" + bare));
    String bearer = planted(secrets, "a bearer token at the devices' door");
    refused(
        http.post(devices, ENROL, csr, "Content-Type", type, "Authorization", "Bearer " + bearer));
    String body = planted(secrets, "a token in the place of a request");
    refused(
        http.post(
            devices,
            ENROL,
            body,
            "Content-Type",
            type,
            "Authorization",
            "Basic " + base64("idle:" + idle.token())));
    String challenge = planted(secrets, "a challengePassword");
    refused(
        http.post(
            devices,
            ENROL,
            Base64.getEncoder().encodeToString(withChallenge(challenge)),
            "Content-Type",
            type,
            "Authorization",
            "Basic " + base64("idle:" + idle.token())));
    String query = planted(secrets, "a token in a query");
    refused(http.post(devices, ENROL + "?token=" + query, csr, "Content-Type", type));

    int api = server.server().apiPort();
    String wrongBearer = planted(secrets, "a wrong bearer token");
    refused(http.get(api, "/api/v1/devices", "Authorization", "Bearer " + wrongBearer));
    String basic = planted(secrets, "a password at the API");
    refused(http.get(api, "/api/v1/devices", "Authorization", "Basic " + base64("admin:" + basic)));
    String json = planted(secrets, "a secret in broken JSON");
    refused(
        http.post(
            api,
            "/api/v1/devices",
            "{\"token\":\"" + json + "\",",
            "Authorization",
            "Bearer " + json,
            "Content-Type",
            "application/json"));
    return secrets;
  }

  /// Failures have long traces, and those quote.
  private void whileTheDatabaseIsGone(
      TrialServer server, RawHttp http, OwnDatabase database, List<Secret> secrets)
      throws Exception {
    PlainDevice device = server.device("unlucky", "device");
    secrets.add(Secret.of("a token that came when the database was gone", device.token()));
    String bearer = planted(secrets, "a bearer token that came when the database was gone");
    database.cutter().block();
    assertThat(device.enrol(PlainDevice.key())).isInstanceOf(Later.class);
    refused(
        http.get(
            server.server().apiPort(), "/api/v1/devices", "Authorization", "Bearer " + bearer));
    database.cutter().unblock();
    Eventually.until(
        "the database is back",
        () -> http.get(server.server().apiPort(), "/health/ready").statusCode() == 200);
    KeyPair key = PlainDevice.key();
    ClientIdentity identity = device.identity(key, PlainDevice.insist(() -> device.enrol(key)));
    assertThat(device.isAdmitted(identity)).isTrue();
  }

  private static String planted(List<Secret> secrets, String name) {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    String secret = "planted" + HexFormat.of().formatHex(random);
    secrets.add(Secret.of(name, secret));
    return secret;
  }

  private static byte[] withChallenge(String password) throws IOException {
    KeyPair key = PlainDevice.key();
    try {
      return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=idle"), key.getPublic())
          .addAttribute(
              PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERUTF8String(password))
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IOException("a request that we make cannot be signed", e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void refused(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isBetween(400, 503);
    answers.add(answer.headers().map() + answer.body());
  }

  /// Every row of every table as text, and the statements that the database shows of its sessions.
  private static String rows(OwnDatabase database) throws SQLException {
    StringBuilder rows = new StringBuilder();
    try (Connection connection = database.postgres().address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet found =
          statement.executeQuery(
              "select format('%I.%I', schemaname, tablename) from pg_tables"
                  + " where schemaname not in ('pg_catalog', 'information_schema')")) {
        while (found.next()) {
          tables.add(found.getString(1));
        }
      }
      assertThat(tables).contains("public.authority", "public.ledger_entry");
      for (String table : tables) {
        append(rows, statement, "select t::text from " + table + " t");
      }
      append(rows, statement, "select encode(canonical, 'escape') from ledger_entry");
      append(rows, statement, "select query from pg_stat_activity");
    }
    return rows.toString();
  }

  private static void append(StringBuilder rows, Statement statement, String query)
      throws SQLException {
    try (ResultSet found = statement.executeQuery(query)) {
      while (found.next()) {
        rows.append(Optional.ofNullable(found.getString(1)).orElse("")).append('\n');
      }
    }
  }

  private static void holdsNoPrivateKey(String rows) {
    KeyPair key = PlainDevice.key();
    String known = HexFormat.of().formatHex(key.getPrivate().getEncoded());
    assertThat(key.getPrivate()).isInstanceOf(ECPrivateKey.class);
    assertThat(PRIVATE_KEYS.stream().filter(known::contains)).isNotEmpty();
    // A fingerprint or signature could hold the shorter marks by chance, once in 2^40 bytes.
    assertThat(PRIVATE_KEYS.stream().filter(rows::contains)).isEmpty();
    assertThat(rows).doesNotContain("PRIVATE KEY");
  }

  /// Command lines and environments of this process's children and theirs.
  private static String processes() {
    StringBuilder text = new StringBuilder();
    ProcessHandle.current()
        .descendants()
        .forEach(process -> {
          for (String file : List.of("cmdline", "environ")) {
            text.append(content(Path.of("/proc/" + process.pid(), file))).append('\n');
          }
        });
    return text.toString();
  }

  private static List<Path> readableByOthers(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).filter(SecretsTest::isOpen).toList();
    }
  }

  private static boolean isOpen(Path file) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      return permissions.contains(PosixFilePermission.OTHERS_READ)
          || permissions.contains(PosixFilePermission.GROUP_READ);
    } catch (IOException e) {
      return false; // the database removes files while we look
    }
  }

  private static String content(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // a process that has ended, or a file that is gone
    }
  }
}
