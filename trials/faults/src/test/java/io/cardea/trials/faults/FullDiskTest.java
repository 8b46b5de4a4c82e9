package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.apps.fleet.ControlPlane.ApiFailure;
import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.HostBackup;
import io.cardea.apps.server.LongWork;
import io.cardea.apps.server.StartFailure;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.findings.Alarm;
import io.cardea.life.inventory.Backups;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.platform.store.embedded.EmbeddedPostgres;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.Later;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// The disk of the data directory is full, and after a while it is not any more.
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {
  private static final int MEBIBYTES = 320;

  @Test
  void fullDisk_nothingIsConfirmedThatIsNotKept_andTheServerComesBackByItself() throws Exception {
    try (Home home = Home.create();
        SmallDisk disk = SmallDisk.mount(home.resolve("disk"), MEBIBYTES)) {
      Path directory = disk.path().resolve("server");
      try (TrialServer server = TrialServer.start(directory)) {
        TrialServer.createClass(
            server.api(), "busy", "device", Map.of("candidates_per_tenth", 10_000));
        PlainDevice device = server.device("pump", "busy");
        ClientIdentity identity = device.enrolled();
        Eventually.until("the alarm for the disk", () -> isRaised(server, Alarm.DISK_LOW));
        DatabaseAddress database =
            EmbeddedPostgres.running(directory.resolve("postgres")).orElseThrow();

        disk.fill();
        assertThatThrownBy(() -> backUp(directory, disk.path().resolve("backup")))
            .isInstanceOf(StartFailure.class);
        List<ClientIdentity> confirmed = new ArrayList<>();
        KeyPair refused = renewUntilRefused(device, identity, database, confirmed);

        disk.makeRoom();
        Eventually.until(
            Duration.ofSeconds(90), () -> "the server is ready again", () -> isReady(server));
        // Not confirmed is not the same as not kept: its acknowledgement may be what was lost.
        assertThat(server.ledger().issuancesFor(keyOf(refused))).hasSizeLessThanOrEqualTo(1);
        for (ClientIdentity each : confirmed) {
          assertThat(server.server().store().credentialByCertificate(PlainDevice.fingerprint(each)))
              .isPresent();
        }
        ClientIdentity after =
            device.identity(refused, PlainDevice.insist(() -> device.renew(identity, refused)));
        assertThat(device.isAdmitted(after)).isTrue();
        backUp(directory, disk.path().resolve("backup"));
        assertThat(server.ledger().holds()).isEqualTo(confirmed.size() + 2);
      }
    }
  }

  /// Returns the key that nothing was issued for.
  private static KeyPair renewUntilRefused(
      PlainDevice device,
      ClientIdentity identity,
      DatabaseAddress database,
      List<ClientIdentity> confirmed)
      throws Exception {
    AtomicReference<KeyPair> refused = new AtomicReference<>();
    Eventually.until(
        "an answer that says later",
        () -> {
          KeyPair wanted = PlainDevice.key();
          EnrolAnswer answer = device.renew(identity, wanted);
          if (answer instanceof Issued) {
            confirmed.add(device.identity(wanted, answer));
            useUpTheLog(database);
            return false;
          }
          assertThat(answer)
              .isInstanceOfSatisfying(
                  Later.class,
                  later -> assertThat(later.code()).isEqualTo(Refusal.STORE_UNAVAILABLE.code()));
          refused.set(wanted);
          return true;
        });
    return refused.get();
  }

  /// What hours of work would do.
  private static void useUpTheLog(DatabaseAddress database) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_switch_wal()");
    } catch (SQLException full) {
      assertThat(full.getMessage()).doesNotContain("permission");
    }
  }

  private static Backups.Copied backUp(Path directory, Path file) throws Exception {
    Map<String, String> keys = TrialServer.keys(directory, Ports.free());
    try (OutputStream out = Files.newOutputStream(file)) {
      return HostBackup.make(TrialServer.config(keys), out, Backups.Form.CLEAR, LongWork.UNSEEN);
    }
  }

  private static boolean isRaised(TrialServer server, Alarm alarm) throws IOException {
    for (JsonNode each : server.api().call("GET", "/api/v1/alarms", null).path("items")) {
      if (each.path("code").asString().equals(alarm.code())) {
        return each.path("state").asString().equals("raised");
      }
    }
    return false;
  }

  private static boolean isReady(TrialServer server) throws IOException {
    try {
      server.api().call("GET", "/health/ready", null);
      return true;
    } catch (ApiFailure notReady) {
      return false;
    }
  }

  private static Fingerprint keyOf(KeyPair key) {
    return Fingerprint.of(key.getPublic().getEncoded());
  }
}
