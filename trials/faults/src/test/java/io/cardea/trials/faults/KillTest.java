package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.fleet.ControlPlane;
import io.cardea.apps.fleet.Ports;
import io.cardea.apps.server.config.DataDirectory;
import io.cardea.life.Fingerprint;
import io.cardea.platform.store.PostgresStore;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.ConnectionSettings;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A server is killed with -9 under load, twice: first its process alone, then the database's
/// processes with it. Whatever a client was told is still so, and whatever it was not told it is
/// told by a retry.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KillTest {
  private static final int CLIENTS = 16;
  private static final int ANSWERS_BEFORE_THE_KILL = 120;
  private static final int DEVICES_OF_EACH = 6;
  private static final String CLASS = "busy";

  @Test
  void serverKilledUnderLoad_keepsWhatItSaidAndLocksNobodyOut() throws Exception {
    try (Home home = Home.create()) {
      Path directory = home.resolve("server");
      Map<String, String> keys = TrialServer.keys(directory, Ports.free());
      List<Client> clients = new ArrayList<>();
      ServerProcess server = ServerProcess.start(keys);
      try {
        clients.addAll(clients(keys, directory));
        try (Load load = Load.start(clients)) {
          load.awaitAnswers(ANSWERS_BEFORE_THE_KILL);
          server.kill();
        }
        // PostgreSQL was left behind without its server: the next one takes its place.
        server = ServerProcess.start(keys);
        retryWhatWasLost(clients);
        try (Load load = Load.start(clients)) {
          load.awaitAnswers(ANSWERS_BEFORE_THE_KILL);
          server.killWithDatabase();
        }
      } finally {
        server.close();
      }
      try (TrialServer last = TrialServer.startWith(keys)) {
        LedgerCheck before = last.ledger();
        everythingReceivedIsThere(clients, last.server().store(), before);
        retryWhatWasLost(clients);
        nobodyIsLockedOut(clients);
        LedgerCheck after = last.ledger();
        everythingReceivedIsThere(clients, last.server().store(), after);
        int received = clients.stream().mapToInt(client -> client.received().size()).sum();
        assertThat(received).isGreaterThanOrEqualTo(2 * ANSWERS_BEFORE_THE_KILL);
        assertThat(after.holds()).isGreaterThanOrEqualTo(received);
      }
    }
  }

  private static List<Client> clients(Map<String, String> keys, Path directory) throws Exception {
    DataDirectory data = new DataDirectory(directory);
    ConnectionSettings door = TrialServer.door(data, port(keys, "device.listen"));
    List<Client> clients = new ArrayList<>();
    try (ControlPlane api = TrialServer.api(data, port(keys, "api.listen"))) {
      api.awaitReady();
      // The pace of R5 is for another trial.
      TrialServer.createClass(api, CLASS, "device", Map.of("candidates_per_tenth", 10_000));
      for (int number = 0; number < CLIENTS; number++) {
        Queue<PlainDevice> devices = new ArrayDeque<>();
        // Half of them enrol one device after the other and then renew, half renew from the start.
        int count = number % 2 == 0 ? DEVICES_OF_EACH : 1;
        for (int device = 0; device < count; device++) {
          devices.add(TrialServer.device(api, door, "busy-" + number + "-" + device, CLASS));
        }
        clients.add(new Client(devices));
      }
    }
    return clients;
  }

  private static int port(Map<String, String> keys, String key) {
    return Integer.parseInt(keys.getOrDefault(key, "").replaceFirst(".*:", ""));
  }

  private static void retryWhatWasLost(List<Client> clients) throws Exception {
    for (Client client : clients) {
      client.retry();
    }
  }

  private static void nobodyIsLockedOut(List<Client> clients) throws Exception {
    for (Client client : clients) {
      for (Client.Holding holding : client.holdings()) {
        assertThat(holding.device().isAdmitted(holding.identity()))
            .as("%s gets in", holding.device())
            .isTrue();
      }
    }
  }

  private static void everythingReceivedIsThere(
      List<Client> clients, PostgresStore store, LedgerCheck ledger) {
    for (Client client : clients) {
      for (ClientIdentity identity : client.received()) {
        Fingerprint certificate = PlainDevice.fingerprint(identity);
        assertThat(store.credentialByCertificate(certificate)).isPresent();
        assertThat(ledger.issuancesFor(PlainDevice.keyOf(identity)))
            .singleElement()
            .satisfies(one -> assertThat(one.certificate()).isEqualTo(certificate));
      }
    }
  }
}
