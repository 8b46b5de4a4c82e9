package io.cardea.life.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryStore.Lie;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Enforcement points tell what they see, and end what has to end.
class SessionsTest {
  private static final Reporter BROKER = new Reporter("broker", "run-1");
  private static final Reporter PROXY = new Reporter("proxy", "run-1");
  private static final DeviceId PUMP = new DeviceId("pump-1");
  private static final Duration OVERLAP = Duration.ofHours(1);

  private FirstDay day;
  private Sessions sessions;
  private AudienceDesk audiences;
  private KeyPair key;
  private Fingerprint first;

  @BeforeEach
  void enrolled() throws Refused {
    day = new FirstDay();
    day.registry.saveClass(
        new DeviceClass(
            "device", "device", OVERLAP, Duration.ofHours(1), Duration.ZERO, 3, OnFork.ALARM, true),
        FirstDay.ADMIN);
    sessions = new Sessions(day.store, day.store, day.access, day.store, day.time);
    audiences = new AudienceDesk(day.store, day.store, day.time);
    key = day.key();
    first = certificate(day.enrol("pump-1", day.tokenFor("pump-1"), key));
    save("broker", Audience.Kind.BROKER, true);
  }

  private void save(String name, Audience.Kind kind, boolean mayProve) throws Refused {
    audiences.save(
        new Audience(name, kind, true, mayProve, Set.of("device"), Set.of()), FirstDay.ADMIN);
  }

  private static Fingerprint certificate(Answer answer) {
    return Fingerprint.of(((Answer.Issued) answer).certificate());
  }

  private Admission open(Reporter reporter, String id, Fingerprint certificate) throws Refused {
    return sessions.open(reporter, id, certificate, true, Optional.empty());
  }

  private Fingerprint renewed() throws Refused {
    byte[] old =
        day.store
            .certificate(day.store.credentialByCertificate(first).orElseThrow().id())
            .orElseThrow();
    day.time.pass(Duration.ofHours(6));
    return certificate(day.renew(old, day.key()));
  }

  private CredentialState state(Fingerprint certificate) {
    return day.store.credentialByCertificate(certificate).orElseThrow().state();
  }

  private List<Entry> acts(EntryKind kind) {
    return day.store.newestAbout("pump-1", 100).stream()
        .filter(each -> each.kind() == kind)
        .map(each -> Entry.ofCanonical(each.canonical()))
        .toList();
  }

  @Test
  void firstSession_isAProof() throws Refused {
    assertThat(open(BROKER, "s", first)).isInstanceOf(Admission.Admitted.class);

    assertThat(state(first)).isEqualTo(CredentialState.CURRENT);
    assertThat(acts(EntryKind.CREDENTIAL_PROVEN).getFirst().actor()).isEqualTo("audience:broker");
    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN)).hasSize(1);
  }

  @Test
  void resumption_orAnAudienceThatMayNotProve_provesNothing() throws Refused {
    save("proxy", Audience.Kind.PROXY, false);

    sessions.open(BROKER, "s", first, false, Optional.empty());
    open(PROXY, "s", first);

    assertThat(state(first)).isEqualTo(CredentialState.STAGED);
    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN)).hasSize(2);
  }

  @Test
  void sessionAgain_changesNothing() throws Refused {
    open(BROKER, "s", first);
    int entries = day.store.after(0, 1_000).size();

    open(BROKER, "s", first);
    sessions.close(BROKER, "s");
    sessions.close(BROKER, "s");

    assertThat(day.store.after(0, 1_000)).hasSize(entries);
    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN)).isEmpty();
  }

  @Test
  void reporterThatIsNotEntitled_isRefusedAndNothingIsChanged() throws Refused {
    assertThat(open(PROXY, "s", first))
        .isInstanceOfSatisfying(
            Admission.Denied.class,
            denied -> assertThat(denied.refusal()).isEqualTo(Refusal.REPORTER_NOT_ENTITLED));
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> sessions.heard(PROXY))
        .satisfies(
            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.REPORTER_NOT_ENTITLED));

    assertThat(state(first)).isEqualTo(CredentialState.STAGED);
    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN)).isEmpty();
  }

  @Test
  void proofFromTheWrongDevice_isRefusedAndNothingIsChanged() throws Refused {
    assertThat(sessions.open(BROKER, "s", first, true, Optional.of(new DeviceId("pump-2"))))
        .isInstanceOfSatisfying(
            Admission.Denied.class,
            denied -> assertThat(denied.refusal()).isEqualTo(Refusal.IDENTITY_MISMATCH));

    assertThat(state(first)).isEqualTo(CredentialState.STAGED);
  }

  @Test
  void oldOne_isRetiredAfterItsSessionIsClosed() throws Refused {
    open(BROKER, "old", first);
    Fingerprint second = renewed();
    open(BROKER, "new", second);
    assertThat(state(first)).isEqualTo(CredentialState.RETIRING);

    day.time.pass(OVERLAP);
    assertThat(day.revocation.retireDue(10)).isZero();
    assertThat(state(first)).isEqualTo(CredentialState.RETIRING);

    sessions.close(BROKER, "old");
    assertThat(day.revocation.retireDue(10)).isEqualTo(1);
    assertThat(state(first)).isEqualTo(CredentialState.RETIRED);
    assertThat(open(BROKER, "old", first)).isInstanceOf(Admission.Denied.class);
  }

  @Test
  void oldOne_isRetiredAfterTheLastAudienceSawTheNewOne() throws Refused {
    save("proxy", Audience.Kind.PROXY, false);
    open(BROKER, "s", first);
    sessions.close(BROKER, "s");
    Fingerprint second = renewed();
    assertThat(sessions.seen(BROKER, second, true)).isInstanceOf(Admission.Admitted.class);
    day.time.pass(OVERLAP);
    assertThat(day.revocation.retireDue(10)).isZero();

    sessions.seen(PROXY, second, false);

    assertThat(day.revocation.retireDue(10)).isEqualTo(1);
    assertThat(acts(EntryKind.CREDENTIAL_SEEN)).hasSize(3);
  }

  @Test
  void sessionsOfAReporterThatFellSilent_holdNothing() throws Refused {
    assertThat(sessions.heard(BROKER)).isFalse();
    open(BROKER, "old", first);
    day.access.use(renewed());
    sessions.heard(BROKER);
    day.time.pass(Sessions.SILENCE);
    assertThat(sessions.sweep(10)).isZero();
    day.time.pass(OVERLAP);

    assertThat(sessions.sweep(10)).isEqualTo(1);

    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN)).isEmpty();
    assertThat(sessions.heard(BROKER)).isFalse();
  }

  @Test
  void reporterThatStartsAgain_closesWhatItHad() throws Refused {
    open(BROKER, "one", first);
    open(new Reporter("broker", "run-2"), "one", first);

    sessions.closeAll(BROKER);

    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN))
        .extracting(Session::reporter)
        .containsExactly(new Reporter("broker", "run-2"));
  }

  @Test
  void revokedCredential_hasItsSessionToEnd_andItsEndIsRemembered() throws Refused {
    open(BROKER, "s", first);
    day.revocation.revokeDevice(
        PUMP, RevocationReason.KEY_COMPROMISE, Optional.empty(), FirstDay.ADMIN);

    assertThat(sessions.toEnd(BROKER, 10)).extracting(Session::id).containsExactly("s");
    assertThat(open(BROKER, "s", first)).isInstanceOf(Admission.Denied.class);
    day.time.pass(Duration.ofMillis(700));
    sessions.close(BROKER, "s");
    sessions.close(BROKER, "s");

    assertThat(sessions.toEnd(BROKER, 10)).isEmpty();
    assertThat(acts(EntryKind.SESSION_ENDED))
        .singleElement()
        .satisfies(entry ->
            assertThat(entry.facts())
                .containsEntry("took-ms", "700")
                .containsEntry("session", "s"));
  }

  @Test
  void heldAndScrappedDevice_haveTheirSessionsToEnd() throws Refused {
    open(BROKER, "s", first);
    day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);

    assertThat(sessions.toEnd(BROKER, 10)).hasSize(1);
    sessions.closeAll(BROKER);
    assertThat(acts(EntryKind.SESSION_ENDED)).hasSize(1);
    assertThat(open(BROKER, "s", first)).isInstanceOf(Admission.Denied.class);
    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN)).isEmpty();
  }

  @Test
  void refusalElsewhere_isAFindingOnce_whenCardeaAccepts() throws Refused {
    open(BROKER, "s", first);

    sessions.refused(BROKER, first, "unknown ca");
    sessions.refused(BROKER, first, "unknown ca");
    sessions.refused(BROKER, Fingerprint.of(new byte[] {1}), "unknown ca");

    assertThat(acts(EntryKind.FINDING_RAISED))
        .singleElement()
        .satisfies(
            entry -> assertThat(entry.facts()).containsEntry("finding", "refused-elsewhere"));
  }

  @Test
  void storeThatLies_letsNobodyIn_andTheSameAgainIsAdmitted() throws Refused {
    day.store.nextCommit(Lie.FAILS_BUT_PERSISTS);

    assertThatExceptionOfType(Refused.class).isThrownBy(() -> open(BROKER, "s", first));
    assertThat(sessions.ofDevice(PUMP, FirstDay.ADMIN)).isEmpty();

    assertThat(open(BROKER, "s", first)).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void desk_refusesWhatCannotBe() throws Refused {
    Audience strange =
        new Audience("x", Audience.Kind.PROXY, true, false, Set.of("nothing"), Set.of());
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> audiences.save(strange, FirstDay.ADMIN));
    Audience one = new Audience("one", Audience.Kind.PROXY, true, false, Set.of(), Set.of(PUMP));
    audiences.save(one, FirstDay.ADMIN);
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() ->
            audiences.save(
                new Audience("two", Audience.Kind.PROXY, true, false, Set.of(), Set.of(PUMP)),
                FirstDay.ADMIN))
        .satisfies(refused -> assertThat(refused.refusal()).isEqualTo(Refusal.CONFLICT));
    assertThat(audiences.reportedBy(PUMP)).contains(one);

    audiences.remove("one", "moved away", FirstDay.ADMIN);

    assertThat(audiences.list(FirstDay.ADMIN)).extracting(Audience::name).containsExactly("broker");
  }
}
