package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.fleet.ControlPlane.ApiFailure;
import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.Server;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.findings.Alarm;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.Later;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// The database's clock is set while a whole server runs on it (R10).
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClockStepTest {
  private static final InstantSource HOST = InstantSource.system();
  private static final FileAttribute<?> OWNERS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));
  private static final FileAttribute<?> OWNERS_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  @Test
  void databaseClockStepped_nothingIsIssuedAndNoDeviceIsTurnedAway() throws Exception {
    try (Home home = Home.create();
        OwnDatabase database = OwnDatabase.start(home.path())) {
      // A clock of its own for this role: ours is found before the one of the catalogue.
      run(
          database,
          "create schema trial",
          "create table trial.clock (error interval not null)",
          "insert into trial.clock values ('0')",
          "create function trial.clock_timestamp() returns timestamptz language sql volatile"
              + " return pg_catalog.clock_timestamp() + (select error from trial.clock)",
          "alter role "
              + database.postgres().address().user()
              + " set search_path = public, trial, pg_catalog");
      try (TrialServer server = TrialServer.start(home.resolve("server"), database.keys())) {
        PlainDevice device = server.device("steady", "device");
        ClientIdentity identity = device.enrolled();
        KeyPair next = PlainDevice.key();
        assertThat(server.api().call("GET", "/health/ready", null)).isNotNull();

        run(database, "update trial.clock set error = interval '10 years'");

        Eventually.until("the server is not ready", () -> !isReady(server));
        assertThat(device.renew(identity, next))
            .isInstanceOfSatisfying(
                Later.class,
                later -> {
                  assertThat(later.code()).isEqualTo(Refusal.CLOCK_UNTRUSTED.code());
                  assertThat(later.after()).isGreaterThan(Duration.ZERO);
                });
        assertThat(server.ledger().issuancesFor(Fingerprint.of(next.getPublic().getEncoded())))
            .isEmpty();
        // By the database's clock this credential has long expired.
        assertThat(device.use(identity)).isNotInstanceOf(Declined.class);
        assertThat(server.ledger().holds()).isEqualTo(1);
      }
    }
  }

  /// It is the host that is wrong, as far as the replica can see: the database it asks says another
  /// time than its host from the first moment on.
  @Test
  void replicaWhoseHostIsTenMinutesOff_keepsTheDatabasesTimeAndSaysSo() throws Exception {
    try (Home home = Home.create();
        OwnDatabase database = OwnDatabase.start(home.path())) {
      run(
          database,
          "create schema elsewhere",
          "create function elsewhere.clock_timestamp() returns timestamptz language sql volatile"
              + " return pg_catalog.clock_timestamp() + interval '10 minutes'",
          "create role ahead superuser login password 'ahead'",
          "alter role ahead set search_path = public, elsewhere, pg_catalog");
      Path password = Files.createFile(home.resolve("ahead"), OWNERS_FILE);
      Files.writeString(password, "ahead");
      Path first = home.resolve("right");
      Path second = home.resolve("off");
      try (TrialServer right = TrialServer.start(first, database.keys())) {
        PlainDevice device = right.device("steady", "device");
        ClientIdentity identity = device.enrolled();
        Files.createDirectory(second, OWNERS);
        for (String kept : List.of("wrapping.key", "administrator.token")) {
          Files.copy(first.resolve(kept), second.resolve(kept), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Map<String, String> keys = TrialServer.keys(second, Ports.free());
        keys.putAll(database.keys());
        keys.put("database.user", "ahead");
        keys.put("database.password-file", password.toString());

        try (Server off = Server.start(TrialServer.config(keys));
            ControlPlane api = TrialServer.api(off.directory(), off.apiPort())) {
          Eventually.until("the alarm", () -> clock(api).equals("raised: CLOCKS_DIFFER"));
          Instant told =
              Instant.parse(api.call("GET", "/api/v1/alarms", null).path("now").asString());
          assertThat(told)
              .isCloseTo(
                  HOST.instant().plus(Duration.ofMinutes(10)), within(1, ChronoUnit.MINUTES));
          KeyPair next = PlainDevice.key();
          PlainDevice there = device.at(TrialServer.door(off.directory(), off.devicePort()));
          assertThat(there.renew(identity, next))
              .isInstanceOfSatisfying(
                  Later.class,
                  later -> assertThat(later.code()).isEqualTo(Refusal.CLOCK_UNTRUSTED.code()));
          assertThat(there.use(identity)).isNotInstanceOf(Declined.class);
          // The other one goes on.
          assertThat(device.isAdmitted(device.identity(next, device.renew(identity, next))))
              .isTrue();
        }
        assertThat(right.ledger().holds()).isEqualTo(2);
      }
    }
  }

  private static String clock(ControlPlane api) throws IOException {
    for (JsonNode each : api.call("GET", "/api/v1/alarms", null).path("items")) {
      if (each.path("code").asString().equals(Alarm.CLOCK_UNTRUSTED.code())) {
        return each.path("state").asString() + ": " + each.path("detail").asString();
      }
    }
    return "not looked at yet";
  }

  private static boolean isReady(TrialServer server) throws Exception {
    try {
      server.api().call("GET", "/health/ready", null);
      return true;
    } catch (ApiFailure notReady) {
      assertThat(notReady.status()).isEqualTo(503);
      return false;
    }
  }

  private static void run(OwnDatabase database, String... statements) throws SQLException {
    try (Connection connection = database.postgres().address().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }
}
