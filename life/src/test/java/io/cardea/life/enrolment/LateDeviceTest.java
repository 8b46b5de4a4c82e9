package io.cardea.life.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.Joining;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.testing.FirstDay;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The ladder for devices that come back late: the staler the credential, the more it takes. The
/// class has a week of grace, wants the old credential after it, and an operator after thirty days.
class LateDeviceTest {
  private static final DeviceId PUMP = new DeviceId("pump-1");

  private FirstDay day;
  private KeyPair key;
  private byte[] old;

  @BeforeEach
  void enrolled() throws Refused {
    day = new FirstDay();
    day.registry.saveClass(
        DeviceClass.of("device", "device")
            .with(
                new Joining(
                    false,
                    false,
                    Optional.empty(),
                    Optional.of("quarantine"),
                    new DeviceClass.Lateness(true, Optional.of(Duration.ofDays(30))))),
        FirstDay.ADMIN);
    key = day.key();
    old = issued(day.enrol("pump-1", day.tokenFor("pump-1"), key)).certificate();
    day.access.use(Fingerprint.of(old));
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

  private String freshToken() throws Refused {
    return day.tokens.create(PUMP, Duration.ofDays(1), Optional.empty(), FirstDay.ADMIN).secret();
  }

  /// With the expired certificate in the handshake and the token beside it.
  private Answer recover(KeyPair fresh, String token) {
    return day.enrolment.enrol(
        new Applicant(
            Optional.of(Fingerprint.of(old)),
            true,
            Optional.of(new Applicant.Login("pump-1", token, ""))),
        FirstDay.csr(fresh),
        "est");
  }

  private void approve() throws Refused {
    day.approvals.decide(
        day.approvals.waiting(10, FirstDay.ADMIN).getFirst().id(),
        true,
        "stood in a warehouse",
        FirstDay.ADMIN);
  }

  private DeviceState state() {
    return day.store.device(PUMP).orElseThrow().state();
  }

  @Test
  void withinGrace_theExpiredCredentialRenews() {
    day.time.pass(FirstDay.LIFE.plusDays(6));

    issued(day.renew(old, day.key()));
  }

  @Test
  void later_aSecondProofAloneOpensNothing() throws Refused {
    day.time.pass(FirstDay.LIFE.plusDays(20));

    assertDeclined(day.renew(old, day.key()), Refusal.CREDENTIAL_EXPIRED);
    assertDeclined(day.enrol("pump-1", freshToken(), day.key()), Refusal.OLD_CREDENTIAL_WANTED);
  }

  @Test
  void later_theExpiredCredentialAndATokenOpenTheDoor() throws Refused {
    day.time.pass(FirstDay.LIFE.plusDays(20));

    Answer.Issued back = issued(recover(day.key(), freshToken()));

    assertThat(day.access.use(Fingerprint.of(back.certificate())))
        .isInstanceOf(Admission.Admitted.class);
  }

  /// Its certificate is gone with the disk, its key is in the chip.
  @Test
  void later_theKeyOfTheExpiredCredentialDoesAsWell() throws Refused {
    day.time.pass(FirstDay.LIFE.plusDays(20));

    issued(day.enrol("pump-1", freshToken(), key));
  }

  @Test
  void sixtyDaysAsleep_anOperatorSaysYesAndItComesBackInQuarantine() throws Refused {
    day.time.pass(Duration.ofDays(60));
    String token = freshToken();
    KeyPair fresh = day.key();
    assertThat(recover(fresh, token)).isInstanceOf(Answer.Wait.class);
    assertThat(recover(fresh, token)).as("a retry is free").isInstanceOf(Answer.Wait.class);
    assertThat(state()).isEqualTo(new DeviceState.Enrolled());

    approve();
    Answer.Issued back = issued(recover(fresh, token));

    assertThat(day.profiles.getLast()).isEqualTo("quarantine");
    assertThat(state()).isEqualTo(new DeviceState.Quarantined());
    assertThat(day.access.use(Fingerprint.of(back.certificate())))
        .isInstanceOfSatisfying(
            Admission.Denied.class,
            denied -> assertThat(denied.refusal()).isEqualTo(Refusal.DEVICE_QUARANTINED));
    assertThat(issued(recover(fresh, token)).again()).isTrue();
    assertThat(day.store.newestAbout("pump-1", 20))
        .anyMatch(each -> each.kind() == EntryKind.DEVICE_QUARANTINED);

    day.quarantine.end(PUMP, "it is well", FirstDay.ADMIN);
    assertThat(day.access.use(Fingerprint.of(back.certificate())))
        .isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void sixtyDaysAsleep_aRefusalIsFinalForThatKey() throws Refused {
    day.time.pass(Duration.ofDays(60));
    String token = freshToken();
    KeyPair fresh = day.key();
    recover(fresh, token);
    day.approvals.decide(
        day.approvals.waiting(10, FirstDay.ADMIN).getFirst().id(), false, "stolen", FirstDay.ADMIN);

    assertDeclined(recover(fresh, token), Refusal.ENROLMENT_REFUSED);
    assertThat(state()).isEqualTo(new DeviceState.Enrolled());
  }

  /// A revoked device is not late, and one that never had a credential is not either.
  @Test
  void deviceThatIsNotLate_climbsNoLadder() throws Refused {
    day.time.pass(Duration.ofDays(60));

    issued(day.enrol("pump-2", day.tokenFor("pump-2"), day.key()));
  }

  /// A clock of ours that stands in 1970 issues nothing, rather than to judge by it (R10).
  @Test
  void ourOwnClockIn1970_judgesNobody() throws Refused {
    day.time.pass(Duration.between(day.time.instant(), Instant.EPOCH));
    day.time.trusted(false);

    assertDeclined(recover(day.key(), "any"), Refusal.CLOCK_UNTRUSTED);
  }
}
