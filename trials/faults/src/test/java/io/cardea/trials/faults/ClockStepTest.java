package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.fleet.ControlPlane.ApiFailure;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.Later;
import java.security.KeyPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The database's clock is set while a whole server runs on it (R10).
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClockStepTest {
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
