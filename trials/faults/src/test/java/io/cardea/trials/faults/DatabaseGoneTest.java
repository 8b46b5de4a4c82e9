package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.fleet.ControlPlane.ApiFailure;
import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.testing.Seeds;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.Later;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// The database goes away and comes back, or commits and does not say so. The server is never
/// restarted.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DatabaseGoneTest {
  private static final String CLASS = "busy";

  private final AtomicInteger devices = new AtomicInteger();
  private Home home;
  private OwnDatabase database;
  private TrialServer server;

  @BeforeAll
  void start() throws Exception {
    home = Home.create();
    database = OwnDatabase.start(home.path());
    server = TrialServer.start(home.resolve("server"), database.keys());
    TrialServer.createClass(server.api(), CLASS, "device", Map.of("candidates_per_tenth", 10_000));
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
    database.close();
    home.close();
  }

  @AfterEach
  void certificatesDevice_isTheAuthenticatedDevice() {
    assertThat(server.ledger().holds()).isPositive();
  }

  private PlainDevice device() throws IOException {
    return server.device("gone-" + devices.incrementAndGet(), CLASS);
  }

  @Test
  void databaseUnreachable_devicesAreToldToComeBackAndNothingIsIssued() throws Exception {
    PlainDevice renewing = device();
    PlainDevice enrolling = device();
    ClientIdentity identity = renewing.enrolled();
    KeyPair next = PlainDevice.key();
    KeyPair first = PlainDevice.key();

    database.cutter().block();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<EnrolAnswer> renewal = executor.submit(() -> renewing.renew(identity, next));
      Future<EnrolAnswer> enrolment = executor.submit(() -> enrolling.enrol(first));
      Future<?> use = executor.submit(() -> renewing.use(identity));
      Future<Optional<Integer>> ready = executor.submit(this::notReady);
      for (Future<?> answer : List.of(renewal, enrolment, use)) {
        assertThat(answer.get())
            .isInstanceOfSatisfying(
                Later.class,
                later -> {
                  assertThat(later.code()).isEqualTo(Refusal.STORE_UNAVAILABLE.code());
                  assertThat(later.after()).isPositive();
                });
      }
      assertThat(ready.get()).contains(503);
    }

    database.cutter().unblock();
    Eventually.until("the server is ready again", () -> notReady().isEmpty());
    LedgerCheck ledger = server.ledger();
    assertThat(ledger.issuancesFor(fingerprint(next))).isEmpty();
    assertThat(ledger.issuancesFor(fingerprint(first))).isEmpty();
    ClientIdentity renewed =
        renewing.identity(next, PlainDevice.insist(() -> renewing.renew(identity, next)));
    assertThat(renewing.isAdmitted(renewed)).isTrue();
    ClientIdentity enrolled =
        enrolling.identity(first, PlainDevice.insist(() -> enrolling.enrol(first)));
    assertThat(enrolling.isAdmitted(enrolled)).isTrue();
  }

  /// The status of an answer that says that the server is not ready.
  private Optional<Integer> notReady() throws IOException {
    try {
      server.api().call("GET", "/health/ready", null);
      return Optional.empty();
    } catch (ApiFailure failure) {
      return Optional.of(failure.status());
    }
  }

  @Test
  void databaseThatSaysNothing_devicesAreToldToComeBackInBoundedTime() throws Exception {
    PlainDevice device = device();
    ClientIdentity identity = device.enrolled();
    KeyPair next = PlainDevice.key();

    database.cutter().stall();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      long began = System.nanoTime();
      Future<EnrolAnswer> renewal = executor.submit(() -> device.renew(identity, next));
      Future<Optional<Integer>> ready = executor.submit(this::notReady);
      assertThat(renewal.get())
          .isInstanceOfSatisfying(
              Later.class,
              later -> assertThat(later.code()).isEqualTo(Refusal.STORE_UNAVAILABLE.code()));
      assertThat(ready.get()).contains(503);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    } finally {
      database.cutter().resume();
    }

    ClientIdentity renewed =
        device.identity(next, PlainDevice.insist(() -> device.renew(identity, next)));
    assertThat(device.isAdmitted(renewed)).isTrue();
    assertThat(server.ledger().issuancesFor(fingerprint(next))).hasSize(1);
    Eventually.until("the server is ready again", () -> notReady().isEmpty());
  }

  @Test
  void acknowledgementOfACommitLost_retryGetsWhatWasCommitted() {
    Seeds.check(
        25,
        random -> {
          try {
            loseAcknowledgements(random);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } finally {
            database.cutter().loseCommits(() -> false);
          }
        });
  }

  private void loseAcknowledgements(RandomGenerator random) throws IOException {
    PlainDevice device = device();
    Optional<ClientIdentity> shown = Optional.empty();
    for (int before = random.nextInt(3); before > 0; before--) {
      shown = Optional.of(shown.isEmpty() ? device.enrolled() : device.renewed(shown.get()));
    }
    if (shown.isPresent() && random.nextBoolean()) {
      assertThat(device.isAdmitted(shown.get())).isTrue();
    }
    KeyPair wanted = PlainDevice.key();
    // While the first is asked, all of them: the server commits other things too.
    AtomicBoolean asked = new AtomicBoolean();
    AtomicInteger toLose = new AtomicInteger(random.nextInt(2));
    int lostBefore = database.cutter().lostCommits();
    database
        .cutter()
        .loseCommits(() -> !asked.get() || toLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0);

    assertThat(ask(device, shown, wanted)).isInstanceOf(Later.class);
    asked.set(true);
    assertThat(database.cutter().lostCommits()).isGreaterThan(lostBefore);
    List<LedgerCheck.Issuance> committed = server.ledger().issuancesFor(fingerprint(wanted));
    assertThat(committed).hasSize(1);

    EnrolAnswer answer = ask(device, shown, wanted);
    for (int retry = 0; retry < 2 && answer instanceof Later; retry++) {
      answer = ask(device, shown, wanted);
    }
    assertThat(answer).isInstanceOf(Issued.class);
    ClientIdentity identity = device.identity(wanted, answer);
    assertThat(PlainDevice.fingerprint(identity)).isEqualTo(committed.getFirst().certificate());
    database.cutter().loseCommits(() -> false);
    assertThat(device.isAdmitted(identity)).isTrue();
    assertThat(server.ledger().issuancesFor(fingerprint(wanted))).isEqualTo(committed);
  }

  private static EnrolAnswer ask(PlainDevice device, Optional<ClientIdentity> shown, KeyPair wanted)
      throws IOException {
    return shown.isPresent() ? device.renew(shown.get(), wanted) : device.enrol(wanted);
  }

  @Test
  void manyAcknowledgementsLostUnderLoad_everyClientGetsOneCertificateForEachKey()
      throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int number = 0; number < 12; number++) {
      Queue<PlainDevice> queue = new ArrayDeque<>(List.of(device(), device()));
      clients.add(new Client(queue));
    }
    Random random = new Random(7);
    int lostBefore = database.cutter().lostCommits();
    database
        .cutter()
        .loseCommits(() -> {
          synchronized (random) {
            return random.nextInt(4) == 0;
          }
        });
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Client client : clients) {
        var _ = executor.submit(() -> askUntilAnswered(client, 8));
      }
    } finally {
      database.cutter().loseCommits(() -> false);
    }

    assertThat(database.cutter().lostCommits()).isGreaterThan(lostBefore + 3);
    LedgerCheck ledger = server.ledger();
    for (Client client : clients) {
      assertThat(client.received()).hasSize(8);
      for (ClientIdentity identity : client.received()) {
        assertThat(ledger.issuancesFor(PlainDevice.keyOf(identity)))
            .singleElement()
            .satisfies(
                one -> assertThat(one.certificate()).isEqualTo(PlainDevice.fingerprint(identity)));
      }
      for (Client.Holding holding : client.holdings()) {
        assertThat(holding.device().isAdmitted(holding.identity())).isTrue();
      }
    }
  }

  private static void askUntilAnswered(Client client, int answers) {
    for (int asked = 0; client.received().size() < answers && asked < 20 * answers; asked++) {
      client.next();
    }
  }

  private static Fingerprint fingerprint(KeyPair key) {
    return Fingerprint.of(key.getPublic().getEncoded());
  }
}
