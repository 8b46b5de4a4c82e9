package io.cardea.life.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.enrolment.Replay;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.RequestKey;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.OpenSsl;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryStore.Lie;
import io.cardea.life.testing.NeedsTool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of credential that is no certificate, through its life, by the same rules.
@NeedsTool("openssl")
class SecretsTest {
  private static final DeviceId PUMP = new DeviceId("pump-1");
  private static final Duration LIFE = Duration.ofDays(90);

  @TempDir Path folder;
  private final FirstDay day = firstDay();
  private KeyPair key = day.key();
  private byte[] certificate = new byte[0];

  private static FirstDay firstDay() {
    try {
      return new FirstDay();
    } catch (Refused e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void aDeviceThatIsEnrolled() throws Refused {
    // Overlaps end by silence in classes whose devices have a second proof.
    day.registry.saveClass(
        new DeviceClass(
            "device",
            "device",
            Duration.ofDays(1),
            Duration.ofDays(7),
            Duration.ofHours(1),
            3,
            DeviceClass.OnFork.ALARM,
            true),
        FirstDay.ADMIN);
    for (CredentialKind.Secret kind : CredentialKind.Secret.values()) {
      day.slots.save(new SecretSlot("device", kind.word(), kind, LIFE), FirstDay.ADMIN);
    }
    String token = day.tokenFor(PUMP.value());
    certificate = ((Answer.Issued) day.enrol(PUMP.value(), token, key)).certificate();
    day.access.use(Fingerprint.of(certificate));
  }

  @Nested
  class ApiKey {
    @Test
    void usedKey_isProven_andRetiresItsAncestor() throws Refused {
      ApiKeys.Shown first = issue("one");
      assertThat(first.text()).hasSize("cardeakey_".length() + 43);
      assertThat(admitted(day.secretUse.use(first.text()))).isEqualTo(first.credential().id());
      assertThat(state(first)).isEqualTo(CredentialState.CURRENT);

      day.time.pass(LIFE.dividedBy(2));
      ApiKeys.Shown second = issue("two");
      // R1: both are accepted until the newer one is proven.
      assertThat(admitted(day.secretUse.use(first.text()))).isEqualTo(first.credential().id());
      admitted(day.secretUse.use(second.text()));
      assertThat(state(first)).isEqualTo(CredentialState.RETIRING);

      day.time.pass(Duration.ofHours(25));
      assertThat(day.revocation.retireDue(10)).isEqualTo(1);
      assertThat(denied(day.secretUse.use(first.text()))).isEqualTo(Refusal.CREDENTIAL_RETIRED);
      admitted(day.secretUse.use(second.text()));
    }

    @Test
    void sameRequest_showsTheSameKey_untilItsProof() throws Refused {
      ApiKeys.Shown first = issue("one");
      assertThat(issue("one").text()).isEqualTo(first.text());
      assertThat(day.store.credentialsOf(PUMP, 10)).hasSize(2); // with the certificate

      day.secretUse.use(first.text());

      assertThatThrownBy(() -> issue("one")).hasMessageContaining("conflict");
    }

    @Test
    void answerThatWasLost_isTheSameAgain() throws Refused {
      day.store.nextCommit(Lie.FAILS_BUT_PERSISTS);
      assertThatThrownBy(() -> issue("one")).hasMessageContaining("store-unavailable");

      ApiKeys.Shown again = issue("one");

      admitted(day.secretUse.use(again.text()));
      assertThat(day.store.credentialsOf(PUMP, 10)).hasSize(2);
    }

    @Test
    void third_waits_whileTwoAreLive() throws Refused {
      day.secretUse.use(issue("one").text());
      day.time.pass(LIFE.dividedBy(5));
      issue("two");

      assertThatThrownBy(() -> issue("three")).hasMessageContaining("too-many-requests");

      // Nobody took the second into use: its answer was lost, and waiting must not lock out (P1).
      day.time.pass(LIFE.dividedBy(10));
      admitted(day.secretUse.use(issue("three").text()));
    }

    @Test
    void keyOfQuarantinedScrappedOrRevoked_opensNothing() throws Refused {
      ApiKeys.Shown shown = issue("one");
      day.secretUse.use(shown.text());
      day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);
      assertThat(denied(day.secretUse.use(shown.text()))).isEqualTo(Refusal.DEVICE_QUARANTINED);
      day.quarantine.end(PUMP, "fine", FirstDay.ADMIN);
      admitted(day.secretUse.use(shown.text()));

      day.revocation.revoke(
          shown.credential().id(),
          RevocationReason.KEY_COMPROMISE,
          Optional.empty(),
          Optional.empty(),
          FirstDay.ADMIN);
      assertThat(denied(day.secretUse.use(shown.text()))).isEqualTo(Refusal.CREDENTIAL_REVOKED);
      // The certificate is another key's.
      assertThat(day.access.use(Fingerprint.of(certificate)))
          .isInstanceOf(Admission.Admitted.class);
      assertThat(day.store.revoked(day.issuing.id(), 0, 0, 10))
          .noneMatch(listed -> listed.reasonCode() == 1);

      assertThat(day.revocation.scrap(PUMP, "gone", FirstDay.ADMIN)).isEqualTo(1);
      assertThat(denied(day.secretUse.use(shown.text()))).isEqualTo(Refusal.DEVICE_SCRAPPED);
    }

    @Test
    void twoHolders_areAFork() throws Refused {
      ApiKeys.Shown first = issue("one");
      day.secretUse.use(first.text());
      day.time.pass(LIFE.dividedBy(2));
      ApiKeys.Shown second = issue("two");
      day.secretUse.use(second.text());
      day.time.pass(Duration.ofHours(2));
      day.secretUse.use(first.text());
      day.secretUse.use(second.text());

      assertThat(kinds()).contains(EntryKind.FINDING_RAISED);
      day.secretUse.use(first.text());
      assertThat(kinds()).contains(EntryKind.LINEAGE_FORKED);
      assertThat(day.revocation.settle(PUMP, "copied", FirstDay.ADMIN)).isEqualTo(2);
      assertThat(denied(day.secretUse.use(second.text()))).isEqualTo(Refusal.CREDENTIAL_REVOKED);
    }

    @Test
    void unknownOrForeignText_isUnknown() throws Refused {
      assertThat(denied(day.secretUse.use("cardeakey_x"))).isEqualTo(Refusal.CREDENTIAL_UNKNOWN);
      assertThat(denied(day.secretUse.use(""))).isEqualTo(Refusal.CREDENTIAL_UNKNOWN);
      assertThat(denied(day.secretUse.use("x".repeat(100_000))))
          .isEqualTo(Refusal.CREDENTIAL_UNKNOWN);
    }

    private ApiKeys.Shown issue(String request) throws Refused {
      return day.apiKeys.issue(
          PUMP, "api-key", Optional.of(new RequestKey(request)), FirstDay.ADMIN);
    }

    private CredentialState state(ApiKeys.Shown shown) {
      return day.store.credential(shown.credential().id()).orElseThrow().state();
    }
  }

  @Nested
  class PreSharedKey {
    @Test
    void password_reachesOnlyTheHolderOfTheKey_andRetriesAreFree() throws Exception {
      SecretAnswer.Issued first = request("pre-shared-key");
      SecretAnswer.Issued again = request("pre-shared-key");
      assertThat(again.credential()).isEqualTo(first.credential());
      assertThat(again.again()).isTrue();
      assertThat(again.sealed()).isEqualTo(first.sealed());

      String password = opened(first.sealed());
      assertThat(password).hasSize(43);
      assertThat(admitted(day.secretUse.verify(PUMP, password))).isEqualTo(first.credential());
      // After the proof nobody here could bring it back.
      assertThat(day.store.sealed(first.credential())).isEmpty();
      assertThat(request("pre-shared-key").credential()).isNotEqualTo(first.credential());
    }

    @Test
    void verify_isForThatDeviceAndThatKindAlone() throws Exception {
      String password = opened(request("pre-shared-key").sealed());
      assertThat(denied(day.secretUse.verify(new DeviceId("pump-2"), password)))
          .isEqualTo(Refusal.CREDENTIAL_UNKNOWN);
      String apiKey = opened(request("api-key").sealed());
      assertThat(denied(day.secretUse.verify(PUMP, apiKey))).isEqualTo(Refusal.CREDENTIAL_UNKNOWN);
      assertThat(denied(day.secretUse.verify(PUMP, password + "x")))
          .isEqualTo(Refusal.CREDENTIAL_UNKNOWN);
      admitted(day.secretUse.verify(PUMP, password));
    }

    @Test
    void deviceWithAnotherKey_getsAnother_andTheFirstStaysAccepted() throws Exception {
      String lost = opened(request("pre-shared-key").sealed());
      key = day.key();
      certificate = ((Answer.Issued) day.renew(certificate, key)).certificate();

      String password = opened(request("pre-shared-key").sealed());

      assertThat(password).isNotEqualTo(lost);
      admitted(day.secretUse.verify(PUMP, password));
      admitted(day.secretUse.verify(PUMP, lost)); // R3: a branch of its own is left alone
    }

    @Test
    void compromiseOfTheCertificate_takesWhatWasSentToIt() throws Exception {
      String password = opened(request("pre-shared-key").sealed());
      Credential identity =
          day.store.credentialByCertificate(Fingerprint.of(certificate)).orElseThrow();

      int revoked =
          day.revocation.revoke(
              identity.id(),
              RevocationReason.KEY_COMPROMISE,
              Optional.empty(),
              Optional.empty(),
              FirstDay.ADMIN);

      assertThat(revoked).isEqualTo(2);
      assertThat(denied(day.secretUse.verify(PUMP, password)))
          .isEqualTo(Refusal.CREDENTIAL_REVOKED);
    }
  }

  @Nested
  class DataKey {
    @Test
    void versions_stayForDecryption_asLongAsTheyRetire() throws Exception {
      SecretAnswer.Issued first = request("data-key");
      byte[] one = openedBytes(first.sealed());
      assertThat(one).hasSize(32);
      admitted(day.secretUse.use(NewSecret.proofOf(one)));
      renewed();
      SecretAnswer.Issued second = request("data-key");
      byte[] two = openedBytes(second.sealed());
      admitted(day.secretUse.use(NewSecret.proofOf(two)));

      // The device has another key by now, and the older data key comes under that.
      assertThat(openedBytes(again(first.credential()).sealed())).isEqualTo(one);

      day.time.pass(Duration.ofHours(25));
      renewed();
      assertThat(day.revocation.retireDue(10)).isGreaterThanOrEqualTo(1);
      assertThat(day.secrets.again(Fingerprint.of(certificate), "data-key", first.credential()))
          .isInstanceOf(SecretAnswer.Declined.class);
      assertThat(day.store.kept(first.credential())).isEmpty();
      assertThat(entries())
          .anySatisfy(entry ->
              assertThat(entry.facts())
                  .containsAllEntriesOf(
                      Map.of("credential", first.credential().toString(), "secret", "destroyed")));
      assertThat(openedBytes(again(second.credential()).sealed())).isEqualTo(two);
    }

    private SecretAnswer.Issued again(CredentialId credential) {
      return (SecretAnswer.Issued)
          day.secrets.again(Fingerprint.of(certificate), "data-key", credential);
    }

    private void renewed() {
      key = day.key();
      certificate = ((Answer.Issued) day.renew(certificate, key)).certificate();
    }
  }

  @Nested
  class TokenSigningKey {
    @Test
    void keyIsTheDevices_andItsPublicHalfOverlaps() throws Refused {
      KeyPair own = day.key();
      SecretAnswer.Issued first = register(own);
      assertThat(register(own).credential()).isEqualTo(first.credential());
      assertThat(first.sealed()).isEmpty();
      admitted(day.secretUse.useOfKey(first.credential()));

      day.time.pass(Duration.ofSeconds(1));
      SecretAnswer.Issued second = register(day.key());
      admitted(day.secretUse.useOfKey(second.credential()));

      assertThat(day.signingKeys.accepted(PUMP, "token-signing-key"))
          .extracting(Secrets.CredentialKey::credential)
          .containsExactly(second.credential(), first.credential());
      day.time.pass(Duration.ofHours(25));
      day.revocation.retireDue(10);
      assertThat(day.signingKeys.accepted(PUMP, "token-signing-key"))
          .extracting(Secrets.CredentialKey::credential)
          .containsExactly(second.credential());
    }

    @Test
    void keyOfTheCertificate_signsNoTokens() {
      assertThat(
              day.secrets.request(
                  Fingerprint.of(certificate), "token-signing-key", Optional.of(FirstDay.csr(key))))
          .isInstanceOfSatisfying(
              SecretAnswer.Declined.class,
              declined -> assertThat(declined.refusal()).isEqualTo(Refusal.KEY_NOT_ALLOWED));
    }

    @Test
    void withoutProofOfPossession_isRefused() {
      byte[] csr = FirstDay.csr(day.key());
      csr[csr.length - 8] ^= 1;
      assertThat(
              day.secrets.request(
                  Fingerprint.of(certificate), "token-signing-key", Optional.of(csr)))
          .isInstanceOf(SecretAnswer.Declined.class);
    }

    private SecretAnswer.Issued register(KeyPair own) {
      return (SecretAnswer.Issued)
          day.secrets.request(
              Fingerprint.of(certificate), "token-signing-key", Optional.of(FirstDay.csr(own)));
    }
  }

  @Test
  void slotThatTheClassHasNot_isRefused() {
    assertThat(day.secrets.request(Fingerprint.of(certificate), "other", Optional.empty()))
        .isInstanceOfSatisfying(
            SecretAnswer.Declined.class,
            declined -> assertThat(declined.refusal()).isEqualTo(Refusal.NOT_FOUND));
  }

  @Test
  void replayedLedger_knowsSecretsByTheirDigests() throws Exception {
    String apiKey = day.apiKeys.issue(PUMP, "api-key", Optional.empty(), FirstDay.ADMIN).text();
    day.secretUse.use(apiKey);
    SecretAnswer.Issued signing =
        (SecretAnswer.Issued)
            day.secrets.request(
                Fingerprint.of(certificate),
                "token-signing-key",
                Optional.of(FirstDay.csr(day.key())));
    FirstDay restored = new FirstDay();
    Replay replay =
        new Replay(
            restored.store,
            restored.store,
            restored.store,
            restored.store,
            new ProvenRotation(),
            restored.time);
    for (Entry entry : entries()) {
      replay.bring(entry);
    }

    assertThat(admitted(restored.secretUse.use(apiKey))).isNotNull();
    assertThat(restored.store.secretSlots("device")).hasSize(4);
    assertThat(restored.signingKeys.accepted(PUMP, "token-signing-key"))
        .extracting(Secrets.CredentialKey::credential)
        .containsExactly(signing.credential());
  }

  private SecretAnswer.Issued request(String slot) {
    return (SecretAnswer.Issued)
        day.secrets.request(Fingerprint.of(certificate), slot, Optional.empty());
  }

  private String opened(byte[] sealed) throws Exception {
    return new String(openedBytes(sealed), StandardCharsets.US_ASCII);
  }

  private byte[] openedBytes(byte[] sealed) throws Exception {
    Path envelope = Files.write(folder.resolve("sealed.der"), sealed);
    Path pem = folder.resolve("key.der");
    Files.write(pem, key.getPrivate().getEncoded());
    Path out = folder.resolve("opened");
    new OpenSsl(folder)
        .run(
            "cms",
            "-decrypt",
            "-binary",
            "-inform",
            "DER",
            "-in",
            envelope.toString(),
            "-inkey",
            pem.toString(),
            "-keyform",
            "DER",
            "-out",
            out.toString());
    return Files.readAllBytes(out);
  }

  private List<Entry> entries() {
    return day.store.after(0, 1_000).stream()
        .map(recorded -> Entry.ofCanonical(recorded.canonical()))
        .toList();
  }

  private List<EntryKind> kinds() {
    return entries().stream().map(Entry::kind).toList();
  }

  private static CredentialId admitted(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    return ((Admission.Admitted) admission).credential();
  }

  private static Refusal denied(Admission admission) {
    assertThat(admission).isInstanceOf(Admission.Denied.class);
    return ((Admission.Denied) admission).refusal();
  }
}
