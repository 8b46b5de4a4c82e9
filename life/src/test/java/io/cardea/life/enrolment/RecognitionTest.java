package io.cardea.life.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Registry;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.rotation.ProvenRotation;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.testing.FirstDay;
import io.cardea.life.testing.InMemoryStore;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// R12: a valid certificate that a restored database does not know.
class RecognitionTest {
  private final FirstDay day = new FirstDay();
  private final InMemoryStore restored = new InMemoryStore();
  private final Access access = new Access(restored, restored, new ProvenRotation(), day.time);
  private final Recognition recognition = recognition(day.time);
  private final Replay replay =
      new Replay(restored, restored, restored, restored, new ProvenRotation(), day.time);

  RecognitionTest() throws Refused {
    Registry registry = new Registry(restored, restored, day.time);
    registry.saveClass(DeviceClass.of("device", "device"), FirstDay.ADMIN);
    write(new PkiChange.SaveAuthority(day.issuing), new PkiChange.SaveProfile(day.profile));
  }

  private Recognition recognition(TrustedTime time) {
    return new Recognition(
        restored,
        restored,
        restored,
        restored,
        day.crypto,
        time,
        new RefusalLog(restored, (_, _) -> {}));
  }

  private void write(Change... changes) {
    assertThat(
            restored.commit(
                new Decision(
                    List.of(changes),
                    List.of(
                        new Entry(
                            EntryKind.CLASS_SAVED,
                            day.time.instant(),
                            "server:test",
                            Optional.empty(),
                            Map.of())))))
        .isInstanceOf(Outcome.Committed.class);
  }

  /// The backup is made now: all that the ledger has so far.
  private void backUp() throws Refused {
    for (var recorded : day.store.after(0, 1_000)) {
      var _ = replay.bring(Entry.ofCanonical(recorded.canonical()));
    }
  }

  private byte[] enrolled(String device, KeyPair key) throws Refused {
    return ((Answer.Issued) day.enrol(device, day.tokenFor(device), key)).certificate();
  }

  private byte[] renewed(byte[] certificate) throws Refused {
    day.time.pass(Duration.ofHours(6));
    return ((Answer.Issued) day.renew(certificate, day.key())).certificate();
  }

  private Admission use(byte[] certificate) throws Refused {
    return access.use(Fingerprint.of(certificate));
  }

  private Credential known(byte[] certificate) {
    return restored.credentialByCertificate(Fingerprint.of(certificate)).orElseThrow();
  }

  @Test
  void youngerCertificate_isLetInAndProvesItself() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    var _ = day.access.use(Fingerprint.of(old));
    backUp();
    byte[] next = renewed(old);

    assertThat(use(next)).isInstanceOf(Admission.Denied.class);
    assertThat(recognition.recognise(next)).isTrue();

    assertThat(known(next).state()).isEqualTo(CredentialState.STAGED);
    assertThat(known(next).generation()).isEqualTo(1);
    assertThat(use(next)).isInstanceOf(Admission.Admitted.class);
    assertThat(known(next).state()).isEqualTo(CredentialState.CURRENT);
    assertThat(known(old).state()).isEqualTo(CredentialState.RETIRING);
    assertThat(restored.newestAbout("pump-1", 3))
        .extracting(entry -> entry.kind())
        .contains(EntryKind.CREDENTIAL_RECOGNISED);
    assertThat(recognition.recognise(next)).isTrue();
    assertThat(restored.credentialsOf(new DeviceId("pump-1"), 10)).hasSize(2);
    assertThat(restored.certificate(known(next).id()).orElseThrow()).isEqualTo(next);
  }

  @Test
  void renewalWithIt_isAnsweredAtTheFirstKnock() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    backUp();
    byte[] next = renewed(old);
    int[] asked = {0};
    Recognition.Door door =
        recognition.before((applicant, csr, protocol) -> {
          asked[0]++;
          return restored.credentialByCertificate(applicant.certificate().orElseThrow()).isPresent()
              ? new Answer.Wait(Duration.ofSeconds(1))
              : new Answer.Declined(Refusal.CREDENTIAL_UNKNOWN, "");
        });
    Applicant applicant =
        new Applicant(
            Optional.of(Fingerprint.of(next)),
            true,
            Optional.empty(),
            Optional.of(() -> List.of(next)),
            Optional.empty());

    assertThat(door.enrol(applicant, new byte[0], "est")).isInstanceOf(Answer.Wait.class);
    assertThat(asked[0]).isEqualTo(2);
    assertThat(door.enrol(applicant, new byte[0], "est")).isInstanceOf(Answer.Wait.class);
    assertThat(asked[0]).isEqualTo(3);
  }

  /// Two that the backup does not know, in whatever order they show up.
  @Test
  void twoYoungerOnes_areNoFork() throws Refused {
    byte[] a = enrolled("pump-1", day.key());
    var _ = day.access.use(Fingerprint.of(a));
    backUp();
    byte[] b = renewed(a);
    var _ = day.access.use(Fingerprint.of(b));
    byte[] c = renewed(b);

    for (byte[] each : List.of(c, b, c, b, c)) {
      if (use(each) instanceof Admission.Denied) {
        assertThat(recognition.recognise(each)).isTrue();
        assertThat(use(each)).isInstanceOf(Admission.Admitted.class);
      }
      day.time.pass(Duration.ofMinutes(5));
    }

    assertThat(
            restored
                .whole(SlotId.operational(new DeviceId("pump-1")))
                .orElseThrow()
                .lineage()
                .forkedAt())
        .isEmpty();
  }

  @Test
  void strangersCertificate_staysUnknown() throws Refused {
    FirstDay other = new FirstDay();
    var _ = enrolled("pump-1", day.key());
    backUp();
    byte[] foreign =
        ((Answer.Issued) other.enrol("pump-1", other.tokenFor("pump-1"), other.key()))
            .certificate();

    assertThat(recognition.recognise(foreign)).isFalse();
    assertThat(recognition.recognise(new byte[] {1, 2, 3})).isFalse();
    assertThat(recognition.recognise(day.issuing.certificate().der())).isFalse();
    assertThat(restored.credentialsOf(new DeviceId("pump-1"), 10)).hasSize(1);
  }

  @Test
  void alteredCertificate_staysUnknown() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    backUp();
    byte[] next = renewed(old);
    for (int i = 0; i < next.length; i += 5) {
      byte[] altered = next.clone();
      altered[i] ^= 1;
      assertThat(recognition.recognise(altered)).as("byte %s", i).isFalse();
    }
  }

  @Test
  void deviceThatTheBackupDoesNotKnow_staysUnknown() throws Refused {
    backUp();

    assertThat(recognition.recognise(enrolled("pump-9", day.key()))).isFalse();
  }

  @Test
  void scrappedDevice_staysOut() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    byte[] next = renewed(old);
    day.revocation.scrap(new DeviceId("pump-1"), "gone", FirstDay.ADMIN);
    for (var recorded : day.store.after(0, 1_000)) {
      Entry entry = Entry.ofCanonical(recorded.canonical());
      if (entry.kind() != EntryKind.CREDENTIAL_ISSUED) {
        var _ = replay.bring(entry);
      }
    }

    assertThat(recognition.recognise(next)).isFalse();
  }

  @Test
  void certificateThatAListRevoked_staysOut() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    backUp();
    byte[] next = renewed(old);
    assertThat(
            replay.revoke(
                day.issuing,
                Certificate.of(next).serial().value(),
                RevocationReason.KEY_COMPROMISE,
                day.time.instant()))
        .isTrue();

    assertThat(recognition.recognise(next)).isFalse();
    assertThat(use(next)).isInstanceOf(Admission.Denied.class);
  }

  @Test
  void condemnedKey_staysOut() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    backUp();
    byte[] next = renewed(old);
    write(new RotationChange.CondemnKey(Certificate.of(next).keyFingerprint(), day.time.instant()));

    assertThat(recognition.recognise(next)).isFalse();
  }

  @Test
  void untrustedClock_recordsNothing() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    backUp();
    byte[] next = renewed(old);
    day.time.trusted(false);

    assertThat(recognition.recognise(next)).isFalse();
  }

  /// One that was removed long after its expiry, or that a backup did not know.
  @Test
  void certificateBeyondItsGrace_isToldThatItExpiredAndIsNotRecorded() throws Refused {
    byte[] old = enrolled("pump-1", day.key());
    backUp();
    byte[] next = renewed(old);
    Certificate its = Certificate.of(next);
    day.time.pass(Duration.between(day.time.instant(), its.notAfter()).plus(Duration.ofDays(7)));
    Recognition.Door door =
        recognition.before((_, _, _) -> new Answer.Declined(Refusal.CREDENTIAL_UNKNOWN, ""));
    Applicant applicant =
        new Applicant(
            Optional.of(Fingerprint.of(next)),
            true,
            Optional.empty(),
            Optional.of(() -> List.of(next)),
            Optional.empty());
    day.time.pass(Duration.ofSeconds(1));

    assertThat(recognition.find(next))
        .isEqualTo(new Recognition.Finding.Expired(new DeviceId("pump-1")));
    assertThat(door.enrol(applicant, new byte[0], "est"))
        .isEqualTo(new Answer.Declined(Refusal.CREDENTIAL_EXPIRED, "device: pump-1"));

    assertThat(restored.credentialsOf(new DeviceId("pump-1"), 10)).hasSize(1);
    assertThat(restored.newestAbout("pump-1", 1))
        .extracting(entry -> entry.kind())
        .containsExactly(EntryKind.REQUEST_REFUSED);

    day.time.pass(Duration.ofSeconds(-1));
    assertThat(recognition.recognise(next)).isTrue();
  }
}
