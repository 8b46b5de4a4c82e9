package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.BackupKeys;
import io.cardea.apps.server.HostBackup;
import io.cardea.apps.server.HostRestore;
import io.cardea.apps.server.LongWork;
import io.cardea.apps.server.PastRecords;
import io.cardea.apps.server.StartFailure;
import io.cardea.life.inventory.Backups;
import io.cardea.protocols.est.client.ClientIdentity;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// From the embedded database to one's own and back: another major version, over TCP and TLS.
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OperatorsPostgresTest {
  private static final BackupKeys NO_KEYS =
      new BackupKeys(Optional.empty(), Optional.empty(), Optional.empty());

  @Test
  void serverMovesToOnesOwnPostgres_overTls_andBack() throws Exception {
    try (Home home = Home.create();
        OperatorsPostgres own = OperatorsPostgres.start(home.resolve("own"))) {
      Path embedded = home.resolve("embedded");
      Path moving = home.resolve("moving");
      PlainDevice device;
      ClientIdentity first;
      try (TrialServer server = TrialServer.start(embedded)) {
        device = server.device("pump", "device");
        first = device.enrolled();
        assertThat(device.isAdmitted(first)).isTrue();
      }
      backUp(embedded, Map.of(), moving);

      restore(moving, new HostRestore.Target.External(own.url(), own.user(), own.password()));

      Path moved = home.resolve("moved");
      keep(embedded, moved);
      Map<String, String> keys = keys(home, own, own.url());
      ClientIdentity second;
      Path back = home.resolve("back");
      try (TrialServer server = TrialServer.start(moved, keys)) {
        PlainDevice there = device.at(server.door());
        assertThat(there.isAdmitted(first)).isTrue();
        second = there.renewed(first);
        assertThat(there.isAdmitted(second)).isTrue();
        assertThat(server.ledger().holds()).isEqualTo(2);
        assertThat(connections(own)).as("all of them by TLS").matches("[1-9][0-9]* of them, 0 .*");
        backUp(moved, keys, back);
      }
      assertRefused(moved, keys(home, own, own.urlThatTrustsAStranger()), "(?is).*(PKIX|certif).*");
      assertRefused(moved, keys(home, own, own.urlWithoutTls()), "(?s).*pg_hba.conf rejects.*");

      Path again = home.resolve("again");
      restore(back, new HostRestore.Target.DataDirectory(again));
      keep(embedded, again);
      try (TrialServer server = TrialServer.start(again)) {
        assertThat(device.at(server.door()).isAdmitted(second)).isTrue();
        assertThat(server.ledger().holds()).isEqualTo(2);
      }
    }
  }

  private static void assertRefused(Path directory, Map<String, String> keys, String why) {
    assertThatThrownBy(() -> TrialServer.start(directory, keys))
        .isInstanceOfSatisfying(
            StartFailure.class, failure -> assertThat(failure.getMessage()).matches(why));
  }

  private static Map<String, String> keys(Home home, OperatorsPostgres own, String url)
      throws Exception {
    Path password = home.resolve("password");
    if (!Files.exists(password)) {
      Files.createFile(
          password,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(password, own.password());
    }
    return Map.of(
        "database.url", url,
        "database.user", own.user(),
        "database.password-file", password.toString());
  }

  private static String connections(OperatorsPostgres own) throws SQLException {
    try (Connection connection = own.administrator("cardea").dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                """
                select count(*), count(*) filter (where not ssl)
                from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'cardea'
                """)) {
      result.next();
      return result.getInt(1) + " of them, " + result.getInt(2) + " in the clear";
    }
  }

  private static void backUp(Path directory, Map<String, String> more, Path file) throws Exception {
    Map<String, String> keys = TrialServer.keys(directory, Ports.free());
    keys.putAll(more);
    try (OutputStream out = Files.newOutputStream(file)) {
      HostBackup.make(TrialServer.config(keys), out, Backups.Form.CLEAR, LongWork.UNSEEN);
    }
  }

  private static void restore(Path file, HostRestore.Target target) throws StartFailure {
    HostRestore.restore(
        new HostRestore.Order(file, NO_KEYS, target, false, PastRecords.NONE), LongWork.UNSEEN);
  }

  private static void keep(Path from, Path into) throws Exception {
    Files.createDirectories(into);
    Files.setPosixFilePermissions(into, PosixFilePermissions.fromString("rwx--x--x"));
    for (String kept : List.of("wrapping.key", "administrator.token")) {
      Files.copy(from.resolve(kept), into.resolve(kept), StandardCopyOption.COPY_ATTRIBUTES);
    }
  }
}
