package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.BackupKeys;
import io.cardea.apps.server.HostBackup;
import io.cardea.apps.server.HostRestore;
import io.cardea.apps.server.LedgerFile;
import io.cardea.apps.server.LongWork;
import io.cardea.apps.server.PastRecords;
import io.cardea.apps.server.config.DataDirectory;
import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.Backups;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Chain;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.PostgresStore;
import io.cardea.platform.store.Schema;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// R12: the machine is gone, and there is yesterday's backup.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestoreTest {
  private static final BackupKeys NO_KEYS =
      new BackupKeys(Optional.empty(), Optional.empty(), Optional.empty());

  private Home home;
  private Past past;

  /// What is left of the machine that is gone.
  ///
  /// @param old its data directory, of which two small files are copied
  /// @param foreign an export of a ledger that never was ours
  private record Past(
      Path old, Path backup, Path exported, Path foreign, List<Path> lists, Since since) {}

  @BeforeAll
  void live() throws Exception {
    home = Home.create();
    Path old = home.resolve("old");
    Path file = home.resolve("backup");
    try (TrialServer server = TrialServer.start(old)) {
      Since since = live(server, file);
      JsonNode told = server.api().call("GET", "/api/v1/ledger?limit=1000", null).path("items");
      past =
          new Past(
              old,
              file,
              export(told, 0, home.resolve("ledger.jsonl")),
              export(told, 1, home.resolve("foreign.jsonl")),
              fetchLists(server, since, home),
              since);
    }
  }

  @AfterAll
  void clear() throws Exception {
    home.close();
  }

  /// A fleet of which four things happened since its backup.
  ///
  /// @param renewed shows a certificate that the backup does not know
  /// @param revoked was revoked, all of it
  /// @param stolen renewed, and its new certificate alone was revoked
  /// @param newcomer was registered and enrolled
  private record Since(
      PlainDevice renewed,
      ClientIdentity itsNewest,
      PlainDevice revoked,
      ClientIdentity itsOnly,
      PlainDevice stolen,
      ClientIdentity itsStolen,
      PlainDevice newcomer,
      ClientIdentity itsFirst,
      long lastEntry) {}

  private static Since live(TrialServer server, Path file) throws Exception {
    PlainDevice renewed = server.device("renewed", "device");
    PlainDevice revoked = server.device("revoked", "device");
    PlainDevice stolen = server.device("stolen", "device");
    ClientIdentity old = renewed.enrolled();
    ClientIdentity only = revoked.enrolled();
    ClientIdentity before = stolen.enrolled();
    assertThat(renewed.isAdmitted(old)).isTrue();
    assertThat(revoked.isAdmitted(only)).isTrue();
    assertThat(stolen.isAdmitted(before)).isTrue();
    backUp(server.server().directory().path(), file);

    ClientIdentity newest = renewed.renewed(old);
    assertThat(renewed.isAdmitted(newest)).isTrue();
    server
        .api()
        .call("POST", "/api/v1/devices/revoked/revoke", json("{\"reason\":\"key-compromise\"}"));
    ClientIdentity itsStolen = stolen.renewed(before);
    Credential credential =
        server
            .server()
            .store()
            .credentialByCertificate(PlainDevice.fingerprint(itsStolen))
            .orElseThrow();
    server
        .api()
        .call(
            "POST",
            "/api/v1/credentials/" + credential.id() + "/revoke",
            json("{\"reason\":\"key-compromise\"}"));
    PlainDevice newcomer = server.device("newcomer", "device");
    ClientIdentity first = newcomer.enrolled();
    assertThat(newcomer.isAdmitted(first)).isTrue();
    return new Since(
        renewed,
        newest,
        revoked,
        only,
        stolen,
        itsStolen,
        newcomer,
        first,
        server.server().store().settled());
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static Backups.Copied backUp(Path directory, Path file) throws Exception {
    Map<String, String> keys = TrialServer.keys(directory, Ports.free());
    try (OutputStream out = Files.newOutputStream(file)) {
      return HostBackup.make(TrialServer.config(keys), out, Backups.Form.CLEAR, LongWork.UNSEEN);
    }
  }

  private static HostRestore.Restored restore(Path file, Path from, Path into, PastRecords past)
      throws Exception {
    HostRestore.Restored restored =
        HostRestore.restore(
            new HostRestore.Order(
                file, NO_KEYS, new HostRestore.Target.DataDirectory(into), false, past),
            LongWork.UNSEEN);
    keep(from, into);
    return restored;
  }

  private static void keep(Path from, Path into) throws IOException {
    for (String kept : List.of("wrapping.key", "administrator.token")) {
      Files.copy(from.resolve(kept), into.resolve(kept), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private static Path export(JsonNode told, int from, Path file) throws IOException {
    StringBuilder lines = new StringBuilder();
    Chain chain = Chain.START;
    for (int i = from; i < told.size(); i++) {
      chain = LedgerFile.append(lines, chain, told.get(i));
    }
    return Files.writeString(file, lines);
  }

  /// Where a restore may end for good. Before the first write, nothing has happened; from there to
  /// the last one, no server starts.
  private static final Map<String, Boolean> MOMENTS =
      Map.of(
          "checking", false,
          "checking the ledger", false,
          "device_class", true,
          "credential", true,
          "indexes", true,
          "migrating", true,
          "analysing", true,
          "replaying", true);

  /// A restore that is gone, as far as the database can tell.
  private static final class Gone extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static void endAtEveryMoment(HostRestore.Order order, DatabaseAddress into) {
    Set<String> reached = new HashSet<>();
    for (int n = 0; n < MOMENTS.size(); n++) {
      String[] last = {""};
      assertThatThrownBy(() ->
              HostRestore.restore(
                  order,
                  (work, _, _) -> {
                    if (MOMENTS.containsKey(work) && reached.add(work)) {
                      last[0] = work;
                      throw new Gone();
                    }
                  }))
          .isInstanceOf(Gone.class);
      if (MOMENTS.getOrDefault(last[0], true)) {
        assertThatThrownBy(() -> Database.open(into, Database.Settings.USUAL))
            .as(last[0])
            .hasMessageContaining("half restored: run the same cardea restore again");
      } else {
        assertThat(isUntouched(into)).as(last[0]).isTrue();
      }
    }
  }

  private static boolean isUntouched(DatabaseAddress database) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from pg_class where relnamespace = 'public'::regnamespace")) {
      return row.next() && row.getInt(1) == 0 && !Schema.isBeingRestored(connection);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void restoreWithTheLedgersExport_afterItEndedAtEveryMoment_isWhereTheFleetWas() throws Exception {
    Since since = past.since();
    Path again = Files.createDirectory(home.resolve("by-export"));
    try (OwnDatabase own = OwnDatabase.start(again)) {
      DatabaseAddress into = own.postgres().address();
      HostRestore.Order order =
          new HostRestore.Order(
              past.backup(),
              NO_KEYS,
              new HostRestore.Target.External(into.url(), into.user(), into.password()),
              false,
              new PastRecords(Optional.of(past.exported()), List.of()));
      endAtEveryMoment(order, into);

      HostRestore.Restored restored = HostRestore.restore(order, LongWork.UNSEEN);

      assertThat(restored.brought().replayed()).isPositive();
      Path replica = Files.createDirectory(again.resolve("server"));
      keep(past.old(), replica);
      assertWhereTheFleetWas(replica, own.keys(), since);
    }
  }

  private static void assertWhereTheFleetWas(Path directory, Map<String, String> keys, Since since)
      throws Exception {
    try (TrialServer server = TrialServer.start(directory, keys)) {
      ConnectionSettings door = server.door();
      PostgresStore store = server.server().store();
      assertThat(since.renewed().at(door).isAdmitted(since.itsNewest())).isTrue();
      assertThat(since.revoked().at(door).isAdmitted(since.itsOnly())).isFalse();
      assertThat(since.stolen().at(door).isAdmitted(since.itsStolen())).isFalse();
      assertThat(since.newcomer().at(door).isAdmitted(since.itsFirst())).isTrue();
      assertThat(state(store, since.itsStolen())).contains(CredentialState.REVOKED);
      assertThat(state(store, since.itsNewest())).contains(CredentialState.CURRENT);
      // A retry of what was issued since is answered, though nobody has the certificate.
      assertThat(
              since
                  .newcomer()
                  .at(door)
                  .isAdmitted(since.newcomer().at(door).renewed(since.itsFirst())))
          .isTrue();
      assertNoNumberIsUsedTwice(store, since);
    }
  }

  @Test
  void restoreWithRevocationListsAlone_locksNobodyOutAndUnrevokesNothing() throws Exception {
    Since since = past.since();
    Path again = home.resolve("by-lists");

    HostRestore.Restored restored =
        restore(past.backup(), past.old(), again, new PastRecords(Optional.empty(), past.lists()));

    assertThat(restored.brought().revoked()).isEqualTo(2);
    try (TrialServer server = TrialServer.start(again)) {
      ConnectionSettings door = server.door();
      PostgresStore store = server.server().store();
      assertThat(state(store, since.itsNewest())).isEmpty();
      assertThat(since.renewed().at(door).isAdmitted(since.itsNewest())).isTrue();
      assertThat(state(store, since.itsNewest())).contains(CredentialState.CURRENT);
      assertThat(since.revoked().at(door).isAdmitted(since.itsOnly())).isFalse();
      assertThat(since.stolen().at(door).isAdmitted(since.itsStolen())).isFalse();
      // Nobody told of this one: it is registered anew, as its operator knows.
      assertThat(since.newcomer().at(door).isAdmitted(since.itsFirst())).isFalse();
      // The first contact may be a renewal as well.
      ClientIdentity next = since.renewed().at(door).renewed(since.itsNewest());
      assertThat(since.renewed().at(door).isAdmitted(next)).isTrue();
      assertNoNumberIsUsedTwice(store, since);
    }
  }

  private static Optional<CredentialState> state(PostgresStore store, ClientIdentity identity) {
    return store.credentialByCertificate(PlainDevice.fingerprint(identity)).map(Credential::state);
  }

  private static void assertNoNumberIsUsedTwice(PostgresStore store, Since since) {
    Set<String> serials = new HashSet<>();
    for (String device : List.of("renewed", "revoked", "stolen")) {
      for (Credential credential : store.credentialsOf(new DeviceId(device), 100)) {
        assertThat(serials.add(credential.authority() + credential.serial())).isTrue();
      }
    }
    // What was recorded after the restore stands behind all that was recorded before the fall.
    assertThat(store.settled()).isGreaterThan(since.lastEntry() + 1_000_000);
  }

  /// The lists that name both, as whoever relies on them fetches them: one, or one each.
  private static List<Path> fetchLists(TrialServer server, Since since, Home home)
      throws Exception {
    Map<URI, Path> lists = new LinkedHashMap<>();
    for (ClientIdentity identity : List.of(since.itsOnly(), since.itsStolen())) {
      lists.putIfAbsent(distributionPoint(identity), home.resolve("list-" + lists.size() + ".crl"));
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      Eventually.until(
          "both are on the lists",
          () -> {
            int revoked = 0;
            for (Map.Entry<URI, Path> list : lists.entrySet()) {
              revoked += revokedBy(fetch(client, server, list.getKey(), list.getValue()));
            }
            return revoked == 2;
          });
    }
    return List.copyOf(lists.values());
  }

  private static Path fetch(HttpClient client, TrialServer server, URI where, Path to)
      throws Exception {
    URI local = URI.create("http://127.0.0.1:" + server.server().httpPort() + where.getPath());
    HttpResponse<byte[]> answer =
        client.send(HttpRequest.newBuilder(local).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).as("%s", local).isEqualTo(200);
    return Files.write(to, answer.body());
  }

  private static int revokedBy(Path list) throws Exception {
    try (var in = Files.newInputStream(list)) {
      var crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(in);
      return crl.getRevokedCertificates() == null ? 0 : crl.getRevokedCertificates().size();
    }
  }

  private static URI distributionPoint(ClientIdentity identity) throws Exception {
    byte[] extension = identity.certificate().getExtensionValue("2.5.29.31");
    String text = new String(extension, StandardCharsets.ISO_8859_1);
    int begin = text.indexOf("http://");
    int end = begin;
    while (end < text.length() && text.charAt(end) > ' ' && text.charAt(end) < 127) {
      end++;
    }
    return URI.create(text.substring(begin, end));
  }

  @Test
  void exportOfAnotherLedger_isRefusedAndNoServerStarts() {
    Path again = home.resolve("by-another");

    assertThatThrownBy(() ->
            restore(
                past.backup(),
                past.old(),
                again,
                new PastRecords(Optional.of(past.foreign()), List.of())))
        .hasMessageContaining("another ledger");
    assertThatThrownBy(() -> TrialServer.start(again)).hasMessageContaining("half restored");
  }

  @Test
  void backupUnderLoad_holdsWhatClientsHadSeen() throws Exception {
    Path directory = home.resolve("busy");
    Path file = home.resolve("backup-under-load");
    Map<String, String> keys = TrialServer.keys(directory, Ports.free());
    List<Client> clients = new ArrayList<>();
    Set<Fingerprint> seen = new HashSet<>();
    try (ServerProcess server = ServerProcess.start(keys)) {
      clients.addAll(clients(keys, directory));
      try (Load load = Load.start(clients)) {
        load.awaitAnswers(60);
        for (Client client : clients) {
          client.received().forEach(each -> seen.add(PlainDevice.fingerprint(each)));
        }
        backUp(directory, file);
        load.awaitAnswers(120);
        server.kill();
      }
    }
    Path again = home.resolve("busy-again");
    restore(file, directory, again, PastRecords.NONE);

    Map<String, String> moved = new HashMap<>(keys);
    moved.put("data.directory", again.toString());
    try (TrialServer server = TrialServer.startWith(moved)) {
      LedgerCheck.of(server.server().store());
      for (Fingerprint certificate : seen) {
        assertThat(server.server().store().credentialByCertificate(certificate)).isPresent();
      }
      // And whoever renewed after it gets in all the same.
      for (Client client : clients) {
        for (Client.Holding holding : client.holdings()) {
          Optional<Device> known =
              server.server().store().device(new DeviceId(holding.device().id()));
          assertThat(known).isPresent();
          assertThat(holding.device().isAdmitted(holding.identity())).isTrue();
        }
      }
    }
  }

  private static List<Client> clients(Map<String, String> keys, Path directory) throws Exception {
    DataDirectory data = new DataDirectory(directory);
    ConnectionSettings door = TrialServer.door(data, port(keys, "device.listen"));
    List<Client> clients = new ArrayList<>();
    try (ControlPlane api = TrialServer.api(data, port(keys, "api.listen"))) {
      api.awaitReady();
      TrialServer.createClass(api, "busy", "device", Map.of("candidates_per_tenth", 10_000));
      for (int number = 0; number < 6; number++) {
        Queue<PlainDevice> devices = new ArrayDeque<>();
        for (int device = 0; device < 3; device++) {
          devices.add(TrialServer.device(api, door, "busy-" + number + "-" + device, "busy"));
        }
        clients.add(new Client(devices));
      }
    }
    return clients;
  }

  private static int port(Map<String, String> keys, String key) {
    return Integer.parseInt(keys.getOrDefault(key, "").replaceFirst(".*:", ""));
  }

  @Test
  void restoreKilledInTheMiddle_isNoServersAndIsBegunAgain() throws Exception {
    Path again = home.resolve("killed");
    // Its database goes on for a while, with what it was told last; the next one meets it.
    RestoreProcess.killAt("device", past.backup(), again, RestoreProcess.Casualty.ALONE);
    RestoreProcess.killAt("indexes", past.backup(), again, RestoreProcess.Casualty.WITH_DATABASE);

    assertThatThrownBy(() -> TrialServer.start(again)).hasMessageContaining("half restored");
    restore(past.backup(), past.old(), again, PastRecords.NONE);
    try (TrialServer server = TrialServer.start(again)) {
      PlainDevice device = past.since().renewed().at(server.door());
      assertThat(device.isAdmitted(past.since().itsNewest())).isTrue();
    }
  }
}
