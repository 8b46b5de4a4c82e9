package io.cardea.life.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Certificate;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryStore.Lie;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// Enrolment and renewal on the fake store, which can lie.
class EnrolmentTest {
  private static final String PUMP = "pump-1";
  private static final DeviceId PUMP_ID = new DeviceId(PUMP);

  private FirstDay day;
  private String token;
  private KeyPair key;

  @BeforeEach
  void registerPump() throws Refused {
    day = new FirstDay();
    token = day.tokenFor(PUMP);
    key = day.key();
  }

  @Test
  void token_leadsToTheAuthenticatedDevice() throws Refused {
    Answer.Issued issued = issued(day.enrol(PUMP, token, key));

    Certificate certificate = Certificate.parse(issued.certificate());
    assertThat(certificate.subject()).isEqualTo("CN=" + PUMP);
    assertThat(issued.device()).isEqualTo(PUMP_ID);
    assertThat(day.store.device(PUMP_ID).orElseThrow().state().word()).isEqualTo("enrolled");
    assertThat(ledgerOf(EntryKind.CREDENTIAL_ISSUED)).isEqualTo(1);
  }

  @Test
  void renewal_keepsTheOlderCredential() throws Refused {
    byte[] first = issued(day.enrol(PUMP, token, key)).certificate();
    byte[] second = issued(day.renew(first, day.key())).certificate();

    assertThat(admitted(first)).isTrue();
    assertThat(admitted(second)).isTrue();
    assertThat(day.access.use(Fingerprint.of(second))).isInstanceOf(Admission.Admitted.class);
    assertThat(admitted(first)).as("retiring, and still accepted").isTrue();
    assertThat(states())
        .containsExactlyInAnyOrder(CredentialState.CURRENT, CredentialState.RETIRING);
  }

  @Nested
  class P2_aRetryIsFree {
    @Test
    void sameKey_getsTheSameCertificate() {
      Answer.Issued first = issued(day.enrol(PUMP, token, key));
      Answer.Issued again = issued(day.enrol(PUMP, token, key));

      assertThat(again.certificate()).isEqualTo(first.certificate());
      assertThat(again.again()).isTrue();
      assertThat(ledgerOf(EntryKind.CREDENTIAL_ISSUED)).isEqualTo(1);
    }

    @Test
    void commitWhoseAcknowledgementWasLost_isFoundByTheRetry() {
      day.store.nextCommit(Lie.FAILS_BUT_PERSISTS);
      assertThat(day.enrol(PUMP, token, key))
          .isInstanceOfSatisfying(
              Answer.Declined.class,
              declined -> assertThat(declined.refusal()).isEqualTo(Refusal.STORE_UNAVAILABLE));

      Answer.Issued again = issued(day.enrol(PUMP, token, key));

      assertThat(again.again()).isTrue();
      assertThat(day.store.credentialsOf(PUMP_ID, 10)).hasSize(1);
    }

    @Test
    void commitThatFailed_leavesNothingBehind() {
      day.store.nextCommit(Lie.FAILS);
      assertThat(day.enrol(PUMP, token, key)).isInstanceOf(Answer.Declined.class);
      assertThat(day.store.credentialsOf(PUMP_ID, 10)).isEmpty();

      assertThat(issued(day.enrol(PUMP, token, key)).again()).isFalse();
    }

    @Test
    void spentToken_doesNotSpoilTheRetry() throws Refused {
      byte[] certificate = issued(day.enrol(PUMP, token, key)).certificate();
      day.access.use(Fingerprint.of(certificate));

      assertThat(issued(day.enrol(PUMP, token, key)).certificate()).isEqualTo(certificate);
      assertDeclined(day.enrol(PUMP, token, day.key()), Refusal.TOKEN_SPENT);
    }

    @Test
    void expiredPredecessor_doesNotSpoilTheRetry() {
      byte[] first = issued(day.enrol(PUMP, token, key)).certificate();
      day.time.pass(Duration.ofHours(9));
      KeyPair next = day.key();
      byte[] second = issued(day.renew(first, next)).certificate();
      day.time.pass(Duration.ofHours(5));

      assertThat(issued(day.renew(first, next)).certificate()).isEqualTo(second);
    }

    @Test
    void twoAtOnce_getOneCertificate() throws Exception {
      Set<String> certificates = ConcurrentHashMap.newKeySet();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Callable<Answer>> same =
            IntStream.range(0, 16)
                .mapToObj(_ -> (Callable<Answer>) () -> day.enrol(PUMP, token, key))
                .toList();
        for (Future<Answer> each : threads.invokeAll(same)) {
          certificates.add(Fingerprint.of(issued(each.get()).certificate()).hex());
        }
      }
      assertThat(certificates).hasSize(1);
      assertThat(day.store.credentialsOf(PUMP_ID, 10)).hasSize(1);
    }
  }

  @Nested
  class Refusals {
    @Test
    void wrongTokenAndUnknownDevice_soundTheSame() {
      Answer wrong = day.enrol(PUMP, "wrong", key);
      Answer unknown = day.enrol("nobody", token, key);

      assertThat(wrong).isEqualTo(unknown);
      assertDeclined(wrong, Refusal.TOKEN_INVALID);
    }

    @Test
    void tokenOfAnotherDevice_isInvalid() throws Refused {
      String other = day.tokenFor("pump-2");

      assertDeclined(day.enrol(PUMP, other, key), Refusal.TOKEN_INVALID);
    }

    @Test
    void expiredToken_saysSo() {
      day.time.pass(Duration.ofDays(2));

      assertDeclined(day.enrol(PUMP, token, key), Refusal.TOKEN_EXPIRED);
    }

    @Test
    void keyOfAnotherDevice_isRefusedAndRecorded() throws Refused {
      issued(day.enrol(PUMP, token, key));
      String other = day.tokenFor("pump-2");

      assertDeclined(day.enrol("pump-2", other, key), Refusal.KEY_OF_OTHER_DEVICE);
      assertThat(lastRecorded("pump-2")).contains("key-of-other-device");
      assertThat(day.store.credentialsOf(new DeviceId("pump-2"), 10)).isEmpty();
    }

    @Test
    void requestThatNamesAnotherDevice_isRefused() {
      Answer answer =
          day.enrolment.enrol(
              Applicant.withToken(PUMP, token), FirstDay.csr(key, "CN=pump-2"), "est");

      assertDeclined(answer, Refusal.IDENTITY_MISMATCH);
    }

    @Test
    void compromisedKey_isNeverCertifiedAgain() throws Refused {
      Answer.Issued issued = issued(day.enrol(PUMP, token, key));
      int revoked =
          day.revocation.revoke(
              issued.credential(),
              RevocationReason.KEY_COMPROMISE,
              Optional.empty(),
              Optional.empty(),
              FirstDay.ADMIN);
      String fresh =
          day.tokens
              .create(PUMP_ID, Duration.ofHours(1), Optional.empty(), FirstDay.ADMIN)
              .secret();

      assertThat(revoked).isEqualTo(1);
      assertThat(admitted(issued.certificate())).isFalse();
      assertDeclined(day.enrol(PUMP, fresh, key), Refusal.KEY_COMPROMISED);
      assertThat(day.enrol(PUMP, fresh, day.key())).isInstanceOf(Answer.Issued.class);
    }

    @Test
    void scrappedDevice_getsNothing() throws Refused {
      byte[] certificate = issued(day.enrol(PUMP, token, key)).certificate();
      day.revocation.scrap(PUMP_ID, "broken", FirstDay.ADMIN);

      assertThat(admitted(certificate)).isFalse();
      assertDeclined(day.renew(certificate, day.key()), Refusal.DEVICE_SCRAPPED);
      assertDeclined(day.enrol(PUMP, token, key), Refusal.DEVICE_SCRAPPED);
    }

    @Test
    void untrustedClock_issuesNothing() {
      day.time.trusted(false);

      assertDeclined(day.enrol(PUMP, token, key), Refusal.CLOCK_UNTRUSTED);
    }

    @Test
    void badProof_isRefusedBeforeAnythingIsStored() {
      byte[] csr = FirstDay.csr(key);
      csr[csr.length - 1] ^= 1;

      assertDeclined(
          day.enrolment.enrol(Applicant.withToken(PUMP, token), csr, "est"), Refusal.CSR_BAD_PROOF);
      assertThat(day.store.credentialsOf(PUMP_ID, 10)).isEmpty();
    }

    @Test
    void nobody_isAskedToAuthenticate() {
      Applicant nobody = new Applicant(Optional.empty(), false, Optional.empty());

      assertDeclined(
          day.enrolment.enrol(nobody, FirstDay.csr(key), "est"), Refusal.AUTHENTICATION_REQUIRED);
    }

    @Test
    void unknownCertificate_isRefused() {
      assertDeclined(day.renew(new byte[] {1, 2, 3}, key), Refusal.CREDENTIAL_UNKNOWN);
    }

    @Test
    void sameRefusalAgain_isRecordedOnceAMinute() throws Refused {
      day.time.pass(Duration.ofDays(2));
      for (int i = 0; i < 5; i++) {
        assertDeclined(day.enrol(PUMP, token, key), Refusal.TOKEN_EXPIRED);
      }
      assertThat(ledgerOf(EntryKind.REQUEST_REFUSED)).isEqualTo(1);

      day.time.pass(Duration.ofMinutes(2));
      assertDeclined(day.enrol(PUMP, token, key), Refusal.TOKEN_EXPIRED);
      assertThat(ledgerOf(EntryKind.REQUEST_REFUSED)).isEqualTo(2);
    }
  }

  @Nested
  class R6_recovery {
    @Test
    void withinGrace_anExpiredCredentialRenews() {
      byte[] first = issued(day.enrol(PUMP, token, key)).certificate();
      day.time.pass(FirstDay.LIFE.plusDays(6));

      assertThat(day.renew(first, day.key())).isInstanceOf(Answer.Issued.class);
    }

    @Test
    void beyondGrace_aTokenOpensTheDoor() throws Refused {
      byte[] first = issued(day.enrol(PUMP, token, key)).certificate();
      day.access.use(Fingerprint.of(first));
      day.time.pass(FirstDay.LIFE.plusDays(8));
      assertDeclined(day.renew(first, day.key()), Refusal.CREDENTIAL_EXPIRED);

      String second =
          day.tokens
              .create(PUMP_ID, Duration.ofHours(1), Optional.empty(), FirstDay.ADMIN)
              .secret();
      Answer.Issued recovered = issued(day.enrol(PUMP, second, day.key()));

      assertThat(admitted(recovered.certificate())).isTrue();
    }

    @Test
    void certificateOfAnotherDeviceBesideTheToken_isRefused() throws Refused {
      byte[] own = issued(day.enrol(PUMP, token, key)).certificate();
      String other = day.tokenFor("pump-2");
      Applicant both =
          new Applicant(
              Optional.of(Fingerprint.of(own)),
              true,
              Optional.of(new Applicant.Login("pump-2", other, "")));

      assertDeclined(
          day.enrolment.enrol(both, FirstDay.csr(day.key()), "est"), Refusal.IDENTITY_MISMATCH);
    }
  }

  @Nested
  class Limits {
    @Test
    void deviceInALoop_isTurnedAwayAndItsStoryTellsOnce() throws Refused {
      day = new FirstDay(new RequestLimits(3, 0, 0));
      byte[] first = issued(day.enrol(PUMP, day.tokenFor(PUMP), key)).certificate();
      for (int i = 0; i < 3; i++) {
        issued(day.renew(first, key));
      }

      for (int i = 0; i < 5; i++) {
        assertTooOften(day.renew(first, key), Refusal.TOO_MANY_REQUESTS);
      }
      assertThat(ledgerOf(EntryKind.REQUEST_REFUSED)).isEqualTo(1);
      assertThat(lastRecorded(PUMP)).contains("too-many-requests");
    }

    @Test
    void deviceInALoop_takesNothingFromAnother() throws Refused {
      day = new FirstDay(new RequestLimits(1, 0, 0));
      byte[] first = issued(day.enrol(PUMP, day.tokenFor(PUMP), key)).certificate();
      KeyPair others = day.key();
      byte[] other = issued(day.enrol("valve", day.tokenFor("valve"), others)).certificate();
      issued(day.renew(first, key));

      assertTooOften(day.renew(first, key), Refusal.TOO_MANY_REQUESTS);
      issued(day.renew(other, others));
    }

    @Test
    void guessesFromElsewhere_leaveTheDeviceItsTries() throws Refused {
      day = new FirstDay(new RequestLimits(0, 2, 0));
      token = day.tokenFor(PUMP);
      assertDeclined(knock("guess-1", "stranger"), Refusal.TOKEN_INVALID);
      assertDeclined(knock("guess-2", "stranger"), Refusal.TOKEN_INVALID);

      assertTooOften(knock(token, "stranger"), Refusal.TOO_MANY_REQUESTS);
      issued(knock(token, "line 3"));
    }

    @Test
    void classThatTakesTooMuch_waits_andRetriesAreFree() throws Refused {
      day = new FirstDay(new RequestLimits(0, 0, 1));
      token = day.tokenFor(PUMP);
      String other = day.tokenFor("pump-2");
      issued(day.enrol(PUMP, token, key));

      assertTooOften(day.enrol("pump-2", other, day.key()), Refusal.OVERLOADED);
      assertThat(issued(day.enrol(PUMP, token, key)).again()).isTrue();
      assertThat(ledgerOf(EntryKind.REQUEST_REFUSED)).as("a class's storm is not kept").isZero();
    }

    private Answer knock(String secret, String source) {
      return day.enrolment.enrol(
          new Applicant(
              Optional.empty(), false, Optional.of(new Applicant.Login(PUMP, secret, source))),
          FirstDay.csr(key),
          "est");
    }

    private static void assertTooOften(Answer answer, Refusal refusal) {
      assertThat(answer)
          .isInstanceOfSatisfying(
              Answer.TooOften.class,
              tooOften -> {
                assertThat(tooOften.refusal()).isEqualTo(refusal);
                assertThat(tooOften.retryAfter()).isPositive();
              });
    }
  }

  @Test
  void secretOfAToken_isNowhereInTheStore() {
    String everything =
        day.store.after(0, 1_000).stream()
            .map(entry -> new String(entry.canonical(), StandardCharsets.UTF_8))
            .reduce("", String::concat);

    assertThat(everything).contains("token.created").doesNotContain(token);
    assertThat(new Applicant.Login(PUMP, token, "").toString()).doesNotContain(token);
  }

  private boolean admitted(byte[] certificate) throws Refused {
    return day.access.wouldUse(Fingerprint.of(certificate)) instanceof Admission.Admitted;
  }

  private List<CredentialState> states() {
    return day.store.credentialsOf(PUMP_ID, 10).stream().map(each -> each.state()).toList();
  }

  private long ledgerOf(EntryKind kind) {
    return day.store.after(0, 1_000).stream().filter(entry -> entry.kind() == kind).count();
  }

  private String lastRecorded(String device) {
    return new String(
        day.store.newestAbout(device, 1).getFirst().canonical(), StandardCharsets.UTF_8);
  }

  private static Answer.Issued issued(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Issued.class);
    return (Answer.Issued) answer;
  }

  private static void assertDeclined(Answer answer, Refusal refusal) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Declined.class, declined -> assertThat(declined.refusal()).isEqualTo(refusal));
  }
}
