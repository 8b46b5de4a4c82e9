package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.findings.Alarm;
import io.cardea.platform.store.Claims;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseAddress;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Later;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// A primary and a standby, as an operator runs them: the distribution's PostgreSQL, over TLS. The
/// server is never restarted, and nobody tells it anything.
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailOverTest {
  private static final String CLASS = "busy";
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Duration LEASE = Duration.ofHours(1);

  @Test
  void primaryKilledUnderLoad_serverGoesOnAtTheStandby_andNothingConfirmedIsLost()
      throws Exception {
    try (Home home = Home.create();
        OperatorsPostgres primary = OperatorsPostgres.start(home.resolve("own"));
        OperatorsPostgres standby = primary.follower("second");
        TrialServer server =
            TrialServer.start(home.resolve("server"), keys(home, primary, standby))) {
      standbyIsToldFromOneThatCommitsWaitFor(server, primary);
      TrialServer.createClass(
          server.api(), CLASS, "device", Map.of("candidates_per_tenth", 10_000));
      List<Client> clients = clients(server);
      PlainDevice unlucky = server.device("unlucky", CLASS);
      KeyPair wanted = PlainDevice.key();
      DatabaseAddress both =
          new DatabaseAddress(primary.urlWith(standby), primary.user(), primary.password());
      try (Database beside = Database.open(both, Database.Settings.USUAL);
          Claims held = new Claims(beside, "a server");
          Claims others = new Claims(beside, "another server")) {
        Instant now = InstantSource.system().instant();
        assertThat(held.take("trial", now, LEASE)).hasValue(1);
        try (Crowd crowd = Crowd.of(clients)) {
          crowd.awaitAnswers(40);

          standby.stop();
          nothingIsConfirmedThatTheStandbyDoesNotHave(unlucky, wanted, primary);
          int confirmed = crowd.answers();
          primary.kill();
          standby.startAgain();
          standby.execute("select pg_promote()");

          crowd.awaitAnswers(confirmed + 40);
        }
        assertThat(held.take("trial", now, LEASE)).hasValue(1);
        assertThat(others.take("trial", now, LEASE)).isEmpty();
      }
      assertThat(
              unlucky.isAdmitted(
                  unlucky.identity(wanted, PlainDevice.insist(() -> unlucky.enrol(wanted)))))
          .isTrue();
      everythingConfirmedIsThere(server, clients);
    }
  }

  private static Map<String, String> keys(
      Home home, OperatorsPostgres primary, OperatorsPostgres standby) throws IOException {
    Path password =
        Files.createFile(
            home.resolve("password"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(password, primary.password());
    return Map.of(
        "database.url", primary.urlWith(standby),
        "database.user", primary.user(),
        "database.password-file", password.toString());
  }

  /// P4: whoever could be promoted must have what was confirmed.
  private static void standbyIsToldFromOneThatCommitsWaitFor(
      TrialServer server, OperatorsPostgres primary) throws Exception {
    Eventually.until(BOUND, () -> "the alarm", () -> alarm(server).startsWith("raised"));
    assertThat(alarm(server)).contains("second");
    primary.execute("alter system set synchronous_standby_names = 'second'");
    primary.execute("select pg_reload_conf()");
    Eventually.until(BOUND, () -> "its end", () -> !alarm(server).startsWith("raised"));
  }

  private static String alarm(TrialServer server) throws IOException {
    for (JsonNode each : server.api().call("GET", "/api/v1/alarms", null).path("items")) {
      if (each.path("code").asString().equals(Alarm.STANDBY_NOT_SYNCHRONOUS.code())) {
        return each.path("state").asString() + " " + each;
      }
    }
    return "";
  }

  /// The standby is away, so commits wait for it. PostgreSQL ends such a wait when the statement is
  /// cancelled (a limit of time does that too): then it says that it has committed, and shows the
  /// row, though a promotion would lose both.
  private static void nothingIsConfirmedThatTheStandbyDoesNotHave(
      PlainDevice unlucky, KeyPair wanted, OperatorsPostgres primary) throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int attempt = 0; attempt < 2; attempt++) {
        Future<EnrolAnswer> answer = executor.submit(() -> unlucky.enrol(wanted));
        while (!answer.isDone()) {
          primary.execute(
              "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        assertThat(answer.get())
            .isInstanceOfSatisfying(
                Later.class,
                later -> assertThat(later.code()).isEqualTo(Refusal.STORE_UNAVAILABLE.code()));
      }
    }
  }

  private static List<Client> clients(TrialServer server) throws IOException {
    List<Client> clients = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      Queue<PlainDevice> devices = new ArrayDeque<>();
      for (int device = 0; device < 4; device++) {
        devices.add(server.device("busy-" + number + "-" + device, CLASS));
      }
      clients.add(new Client(devices));
    }
    return clients;
  }

  private static void everythingConfirmedIsThere(TrialServer server, List<Client> clients)
      throws Exception {
    LedgerCheck ledger = server.ledger();
    assertThat(ledger.holds()).isPositive();
    for (Client client : clients) {
      client.retry();
      for (ClientIdentity identity : client.received()) {
        Fingerprint certificate = PlainDevice.fingerprint(identity);
        assertThat(server.server().store().credentialByCertificate(certificate)).isPresent();
      }
      for (Client.Holding holding : client.holdings()) {
        assertThat(holding.device().isAdmitted(holding.identity())).isTrue();
      }
    }
  }

  /// Clients that go on asking, whatever they are told, until closed.
  private record Crowd(ExecutorService executor, AtomicInteger counted, AtomicBoolean ended)
      implements AutoCloseable {
    static Crowd of(List<Client> clients) {
      Crowd crowd =
          new Crowd(
              Executors.newVirtualThreadPerTaskExecutor(),
              new AtomicInteger(),
              new AtomicBoolean());
      for (Client client : clients) {
        var _ = crowd.executor.submit(() -> crowd.ask(client));
      }
      return crowd;
    }

    private void ask(Client client) {
      while (!ended.get()) {
        if (client.next()) {
          counted.incrementAndGet();
        } else {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
      }
    }

    int answers() {
      return counted.get();
    }

    void awaitAnswers(int count) throws Exception {
      Eventually.until(BOUND, () -> count + " answers, not " + counted, () -> answers() >= count);
    }

    @Override
    public void close() {
      ended.set(true);
      executor.close();
    }
  }
}
