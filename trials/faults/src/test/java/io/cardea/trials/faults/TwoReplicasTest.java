package io.cardea.trials.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.protocols.est.client.Admitted;
import io.cardea.protocols.est.client.CardeaClient;
import io.cardea.protocols.est.client.ClientIdentity;
import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.DeviceConnection;
import io.cardea.protocols.est.client.EnrolAnswer;
import io.cardea.protocols.est.client.Issued;
import io.cardea.protocols.est.client.Later;
import io.cardea.protocols.est.client.RenewalInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Two servers on one database. They know nothing of each other (R9).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoReplicasTest {
  private static final int AT_ONCE = 6;
  private static final int CANDIDATES_PER_TENTH = 3;

  private Home home;
  private OwnDatabase database;
  private TrialServer one;
  private TrialServer other;

  @BeforeAll
  void start() throws Exception {
    home = Home.create();
    database = OwnDatabase.start(home.path());
    Path first = home.resolve("one");
    one = TrialServer.start(first, database.keys());
    Path second = Files.createDirectory(home.resolve("other"));
    // What an operator brings to each replica.
    for (String file : List.of("wrapping.key", "administrator.token")) {
      Files.copy(first.resolve(file), second.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    other = TrialServer.start(second, database.keys());
  }

  @AfterAll
  void stop() throws Exception {
    other.close();
    one.close();
    database.close();
    home.close();
  }

  @AfterEach
  void certificatesDevice_isTheAuthenticatedDevice() {
    assertThat(one.ledger().holds()).isPositive();
  }

  private PlainDevice at(TrialServer server, PlainDevice device) throws IOException {
    return device.at(server.door());
  }

  /// Asks both servers by turns, all at the same moment.
  private static <T> List<T> atOnce(List<Callable<T>> questions) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(questions.size());
    List<T> answers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> asked = new ArrayList<>();
      for (Callable<T> question : questions) {
        asked.add(
            executor.submit(() -> {
              barrier.await(10, TimeUnit.SECONDS);
              return question.call();
            }));
      }
      for (Future<T> answer : asked) {
        answers.add(answer.get());
      }
    }
    return answers;
  }

  @Test
  void sameKeyAtBothAtOnce_isOneCertificate() throws Exception {
    for (int round = 0; round < 4; round++) {
      PlainDevice here = one.device("same-key-" + round, "device");
      PlainDevice there = at(other, here);
      KeyPair first = PlainDevice.key();
      ClientIdentity identity =
          onlyAnswer(here, first, number -> (number % 2 == 0 ? here : there).enrol(first));
      KeyPair next = PlainDevice.key();
      ClientIdentity renewed =
          onlyAnswer(here, next, number -> (number % 2 == 0 ? here : there).renew(identity, next));
      assertThat(here.isAdmitted(renewed)).isTrue();
      assertThat(there.isAdmitted(renewed)).isTrue();
    }
  }

  @FunctionalInterface
  private interface Question {
    EnrolAnswer ask(int number) throws IOException;
  }

  private ClientIdentity onlyAnswer(PlainDevice device, KeyPair key, Question question)
      throws Exception {
    List<Callable<EnrolAnswer>> questions =
        IntStream.range(0, AT_ONCE)
            .<Callable<EnrolAnswer>>mapToObj(number -> () -> question.ask(number))
            .toList();
    Set<Fingerprint> certificates = new HashSet<>();
    for (EnrolAnswer answer : atOnce(questions)) {
      certificates.add(PlainDevice.fingerprint(device.identity(key, answer)));
    }
    assertThat(certificates).hasSize(1);
    assertThat(one.ledger().issuancesFor(Fingerprint.of(key.getPublic().getEncoded()))).hasSize(1);
    return device.identity(key, question.ask(0));
  }

  @Test
  void manyKeysAtBothAtOnce_stageNoMoreThanThePaceAllows() throws Exception {
    PlainDevice here = one.device("many-keys", "device");
    PlainDevice there = at(other, here);
    ClientIdentity identity = here.enrolled();
    assertThat(there.isAdmitted(identity)).isTrue();
    List<KeyPair> keys = IntStream.range(0, 10).mapToObj(_ -> PlainDevice.key()).toList();
    List<Callable<EnrolAnswer>> questions =
        IntStream.range(0, keys.size())
            .<Callable<EnrolAnswer>>mapToObj(
                number -> () -> (number % 2 == 0 ? here : there).renew(identity, keys.get(number)))
            .toList();

    List<EnrolAnswer> answers = atOnce(questions);

    List<ClientIdentity> issued = new ArrayList<>();
    for (int number = 0; number < answers.size(); number++) {
      switch (answers.get(number)) {
        case Issued answer -> issued.add(here.identity(keys.get(number), answer));
        case Later(var after, var _) ->
            assertThat(after).isPositive().isLessThanOrEqualTo(quarterOfWhatIsLeft(identity));
        case Declined declined -> throw new AssertionError("locked out: " + declined);
      }
    }
    assertThat(issued).isNotEmpty().hasSizeLessThanOrEqualTo(CANDIDATES_PER_TENTH);
    assertThat(staged("many-keys")).hasSize(issued.size());
    assertThat(there.isAdmitted(identity)).isTrue();
    assertThat(here.isAdmitted(issued.getLast())).isTrue();
  }

  private static Duration quarterOfWhatIsLeft(ClientIdentity newest) {
    Instant end = newest.certificate().getNotAfter().toInstant();
    return Duration.between(newest.certificate().getNotBefore().toInstant(), end).dividedBy(4);
  }

  private List<Credential> staged(String device) {
    return one.server().store().credentialsOf(new DeviceId(device), 100).stream()
        .filter(credential -> credential.state() == CredentialState.STAGED)
        .toList();
  }

  @Test
  void renewedAtOne_isTheSameDeviceAtTheOther() throws Exception {
    PlainDevice here = one.device("to-and-fro", "device");
    PlainDevice there = at(other, here);
    ClientIdentity first = here.enrolled();
    ClientIdentity second = there.renewed(first);
    assertThat(here.isAdmitted(second)).isTrue();
    ClientIdentity third = here.renewed(second);
    assertThat(there.isAdmitted(third)).isTrue();
  }

  @Test
  void revokedAtOne_isRefusedByTheOtherAtTheNextRequest() throws Exception {
    PlainDevice here = one.device("stolen", "device");
    PlainDevice there = at(other, here);
    ClientIdentity identity = here.enrolled();
    try (DeviceConnection kept = DeviceConnection.as(other.door(), identity)) {
      assertThat(new CardeaClient(kept).self()).isInstanceOf(Admitted.class);

      one.api()
          .call(
              "POST",
              "/api/v1/devices/stolen/revoke",
              new JsonMapper().createObjectNode().put("reason", "key-compromise"));

      isRevoked(new CardeaClient(kept).self());
    }
    isRevoked(there.use(identity));
    isRevoked(there.renew(identity, PlainDevice.key()));
    isRevoked(here.use(identity));
  }

  /// What one replica remembers is void on the other within a second; a test gives it longer.
  @Test
  void revokedAtOne_isRevokedInWhatTheOtherTellsRelyingParties() throws Exception {
    PlainDevice here = one.device("stolen-too", "device");
    X509Certificate certificate = here.enrolled().certificate();
    RelyingParty there = RelyingParty.of(other, certificate);
    for (int i = 0; i < 3; i++) {
      assertThat(there.ocsp()).isEmpty();
    }
    assertThat(there.list().isRevoked(certificate)).isFalse();

    one.api()
        .call(
            "POST",
            "/api/v1/devices/stolen-too/revoke",
            new JsonMapper().createObjectNode().put("reason", "superseded"));

    Eventually.until("the other says so", () -> there.ocsp().equals(Optional.of(4)));
    Eventually.until("the other lists it", () -> there.list().isRevoked(certificate));
    assertThat(RelyingParty.of(one, certificate).list().getEncoded())
        .as("the same bytes on every replica")
        .isEqualTo(there.list().getEncoded());
  }

  private static void isRevoked(Object answer) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Declined.class,
            declined -> assertThat(declined.code()).isEqualTo(Refusal.CREDENTIAL_REVOKED.code()));
  }

  @Test
  void campaign_movesEachDeviceOnce_whicheverReplicaItAsks() throws Exception {
    List<PlainDevice> devices = new ArrayList<>();
    Map<String, ClientIdentity> held = new HashMap<>();
    for (int number = 0; number < 7; number++) {
      PlainDevice device = one.device("called-" + number, "device");
      ClientIdentity identity = device.enrolled();
      assertThat(device.isAdmitted(identity)).isTrue();
      devices.add(device);
      held.put(device.id(), identity);
    }
    ObjectNode order =
        new JsonMapper().createObjectNode().put("cause", "algorithm").put("comment", "a trial");
    order.put("canary", 2).put("growth", 2).put("per_minute", 60_000).put("at_most", 7);
    ArrayNode chosen = order.putObject("selection").putArray("devices");
    devices.forEach(device -> chosen.add(device.id()));

    String campaign =
        "/api/v1/campaigns/"
            + one.api().call("POST", "/api/v1/campaigns", order).path("id").asString();
    Map<String, Integer> moves = new HashMap<>();
    Eventually.until(
        "the campaign is over",
        () -> {
          for (PlainDevice device : devices) {
            PlainDevice asking = at(moves.size() % 2 == 0 ? one : other, device);
            if (isCalled(asking, Objects.requireNonNull(held.get(device.id())))) {
              ClientIdentity next = asking.renewed(Objects.requireNonNull(held.get(device.id())));
              assertThat(asking.isAdmitted(next)).isTrue();
              held.put(device.id(), next);
              moves.merge(device.id(), 1, Integer::sum);
            }
          }
          return other.api().call("GET", campaign, null).path("state").asString().equals("done");
        });

    assertThat(moves).hasSize(7).values().containsOnly(1);
    JsonNode shown = other.api().call("GET", campaign, null);
    assertThat(shown.path("moved").asInt()).isEqualTo(7);
    assertThat(shown.path("waves")).hasSize(3);
    for (JsonNode item : one.api().call("GET", campaign + "/devices", null).path("items")) {
      Credential proven =
          one.server()
              .store()
              .credential(CredentialId.parse(item.path("evidence").asString()))
              .orElseThrow();
      assertThat(proven.state()).isEqualTo(CredentialState.CURRENT);
      assertThat(proven.shown())
          .isEqualTo(
              PlainDevice.fingerprint(
                  Objects.requireNonNull(held.get(item.path("device").asString()))));
    }
  }

  private static boolean isCalled(PlainDevice device, ClientIdentity shown) throws IOException {
    try (DeviceConnection connection = DeviceConnection.as(device.door(), shown)) {
      return new CardeaClient(connection).renewalInfo(shown.certificate())
              instanceof RenewalInfo(var _, var _, var relative, var _)
          && relative.isPresent()
          && !relative.get().start().isPositive();
    }
  }
}
