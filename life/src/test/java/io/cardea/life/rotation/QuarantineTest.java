package io.cardea.life.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Revocations;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.testing.FirstDay;
import java.security.KeyPair;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// R11: quarantine ends access, not renewal.
class QuarantineTest {
  private static final DeviceId PUMP = new DeviceId("pump-1");

  private FirstDay day;
  private KeyPair key;
  private Answer.Issued first;

  @BeforeEach
  void enrolled() throws Refused {
    day = new FirstDay();
    key = day.key();
    first = issued(day.enrol("pump-1", day.tokenFor("pump-1"), key));
  }

  @Test
  void heldDevice_hasNoAccessAndComesBack() throws Refused {
    assertThat(day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN)).isEqualTo(1);

    assertThat(use(first)).isEqualTo(Refusal.DEVICE_QUARANTINED);
    assertThat(state()).isEqualTo(new DeviceState.Quarantined());

    assertThat(day.quarantine.end(PUMP, "fine", FirstDay.ADMIN)).isEqualTo(1);

    assertThat(day.access.use(Fingerprint.of(first.certificate())))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void whatItHolds_isOnHoldInTheListsUntilItIsReleased() throws Refused {
    day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);

    assertThat(listed())
        .singleElement()
        .extracting(Revocations.Revoked::reasonCode)
        .isEqualTo(Revocations.CERTIFICATE_HOLD);

    day.quarantine.end(PUMP, "fine", FirstDay.ADMIN);

    assertThat(listed()).isEmpty();
  }

  @Test
  void heldDevice_renewsAndWhatItGetsIsOnHoldToo() throws Refused {
    day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);

    Answer.Issued second = issued(day.renew(first.certificate(), day.key()));

    assertThat(listed()).hasSize(2);
    assertThat(use(second)).isEqualTo(Refusal.DEVICE_QUARANTINED);
    day.quarantine.end(PUMP, "fine", FirstDay.ADMIN);
    assertThat(listed()).isEmpty();
    assertThat(day.access.use(Fingerprint.of(second.certificate())))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void refusedUse_provesNothing() throws Refused {
    day.access.use(Fingerprint.of(first.certificate()));
    Answer.Issued second = issued(day.renew(first.certificate(), day.key()));
    day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);

    use(second);
    day.renew(second.certificate(), day.key());

    assertThat(day.store.credential(second.credential()).orElseThrow().state())
        .isEqualTo(CredentialState.STAGED);
    assertThat(day.store.credential(first.credential()).orElseThrow().state())
        .isEqualTo(CredentialState.CURRENT);
  }

  @Test
  void revocationInQuarantine_isNotUndoneByTheRelease() throws Refused {
    day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);
    day.revocation.revokeDevice(
        PUMP, RevocationReason.KEY_COMPROMISE, java.util.Optional.empty(), FirstDay.ADMIN);

    day.quarantine.end(PUMP, "fine", FirstDay.ADMIN);

    assertThat(listed()).extracting(Revocations.Revoked::reasonCode).containsExactly(1);
    assertThat(use(first)).isEqualTo(Refusal.CREDENTIAL_REVOKED);
  }

  @Test
  void heldDevice_canBeScrapped() throws Refused {
    day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);
    day.revocation.scrap(PUMP, "stolen", FirstDay.ADMIN);

    assertThat(listed()).extracting(Revocations.Revoked::reasonCode).containsExactly(5);
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> day.quarantine.end(PUMP, "fine", FirstDay.ADMIN))
        .returns(Refusal.DEVICE_SCRAPPED, Refused::refusal);
  }

  @Test
  void sameActAgain_changesNothingAndIsNotRecorded() throws Refused {
    day.quarantine.begin(PUMP, "odd", FirstDay.ADMIN);
    int entries = entries().size();

    assertThat(day.quarantine.begin(PUMP, "again", FirstDay.ADMIN)).isZero();

    assertThat(entries()).hasSize(entries);
    assertThat(entries())
        .extracting(Ledger.Recorded::kind)
        .contains(EntryKind.DEVICE_QUARANTINED, EntryKind.CREDENTIAL_HELD);
  }

  @Test
  void deviceWithoutAccess_hasNoneToLose() throws Refused {
    day.tokenFor("pump-2");

    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> day.quarantine.begin(new DeviceId("pump-2"), "odd", FirstDay.ADMIN))
        .returns(Refusal.CONFLICT, Refused::refusal);
  }

  @Test
  void readerOrOtherScope_mayNot() {
    Actor reader = new Actor("api-token:r", Role.READER, Scope.ALL);
    Actor elsewhere =
        new Actor(
            "api-token:e", Role.FLEET_OPERATOR, new Scope(Set.of("other"), Set.of(), Set.of()));

    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> day.quarantine.begin(PUMP, "odd", reader))
        .returns(Refusal.FORBIDDEN, Refused::refusal);
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() -> day.quarantine.begin(PUMP, "odd", elsewhere))
        .returns(Refusal.DEVICE_UNKNOWN, Refused::refusal);
  }

  private Refusal use(Answer.Issued credential) throws Refused {
    return ((Admission.Denied) day.access.use(Fingerprint.of(credential.certificate()))).refusal();
  }

  private DeviceState state() {
    return day.store.device(PUMP).orElseThrow().state();
  }

  private List<Revocations.Revoked> listed() {
    String issuing = day.store.credential(first.credential()).orElseThrow().authority();
    return day.store.revoked(new AuthorityId(issuing), 0, 0, 100).stream()
        .filter(row -> !row.released())
        .toList();
  }

  private List<Ledger.Recorded> entries() {
    return day.store.newestAbout("pump-1", 100);
  }

  private static Answer.Issued issued(Answer answer) {
    return (Answer.Issued) answer;
  }
}
