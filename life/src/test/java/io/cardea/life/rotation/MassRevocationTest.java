package io.cardea.life.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.rotation.MassRevocations.Extent;
import io.cardea.life.testing.FirstDay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MassRevocationTest {
  private final FirstDay day = new FirstDay();
  private final Answer.Issued one = enrolled("pump-1");
  private final Answer.Issued two = enrolled("pump-2");

  MassRevocationTest() throws Refused {}

  private Answer.Issued enrolled(String device) throws Refused {
    return (Answer.Issued) day.enrol(device, day.tokenFor(device), day.key());
  }

  private static Selection devices(Scope scope, String... ids) {
    return new Selection(
        scope,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        List.of(ids).stream().map(DeviceId::new).toList());
  }

  private static Selection both() {
    return devices(Scope.ALL, "pump-1", "pump-2");
  }

  private MassRevocationOrder order(Selection selection) throws Refused {
    return day.massRevocation.begin(
        selection, RevocationReason.SUPERSEDED, Optional.empty(), "batch 7", 10, FirstDay.ADMIN);
  }

  private CredentialState state(Answer.Issued of) {
    return day.store.credential(of.credential()).orElseThrow().state();
  }

  @Test
  void preview_countsAndChangesNothing() throws Refused {
    day.access.use(Fingerprint.of(one.certificate()));

    assertThat(day.massRevocation.preview(both(), FirstDay.ADMIN)).isEqualTo(new Extent(2, 2, 1));
    assertThat(state(one)).isEqualTo(CredentialState.CURRENT);
  }

  @Test
  void deviceThatWasNotSeenLately_isNotHealthy() throws Refused {
    day.access.use(Fingerprint.of(one.certificate()));
    day.time.pass(Duration.ofDays(60));

    assertThat(day.massRevocation.preview(both(), FirstDay.ADMIN).healthy()).isZero();
  }

  @Test
  void order_isCarriedOutAndRemembered() throws Refused {
    MassRevocationOrder begun = order(both());
    day.massRevocation.work(() -> true);

    assertThat(List.of(state(one), state(two))).containsOnly(CredentialState.REVOKED);
    MassRevocationOrder done = day.massRevocation.show(begun.id(), FirstDay.ADMIN);
    assertThat(done.endedAt()).isPresent();
    assertThat(done.devices()).isEqualTo(2);
    assertThat(done.credentials()).isEqualTo(2);
    assertThat(day.store.newestAbout("pump-1", 1))
        .extracting(Ledger.Recorded::kind)
        .containsExactly(EntryKind.CREDENTIAL_REVOKED);
    assertThat(day.store.after(0, 1_000))
        .extracting(Ledger.Recorded::kind)
        .contains(EntryKind.MASS_REVOCATION_BEGUN, EntryKind.MASS_REVOCATION_ENDED);
  }

  @Test
  void claimThatWasLost_leavesTheOrderToTheNextServer() throws Refused {
    MassRevocationOrder begun = order(both());
    AtomicInteger asked = new AtomicInteger();
    day.massRevocation.work(() -> asked.incrementAndGet() == 1);
    assertThat(day.massRevocation.show(begun.id(), FirstDay.ADMIN).endedAt()).isEmpty();

    day.massRevocation.work(() -> true);

    assertThat(state(one)).isEqualTo(CredentialState.REVOKED);
    assertThat(day.massRevocation.show(begun.id(), FirstDay.ADMIN).endedAt()).isPresent();
  }

  @Test
  void moreThanThePreviewShowed_isAConflict() {
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() ->
            day.massRevocation.begin(
                both(),
                RevocationReason.SUPERSEDED,
                Optional.empty(),
                "batch 7",
                1,
                FirstDay.ADMIN))
        .returns(Refusal.CONFLICT, Refused::refusal);
  }

  @Test
  void whatIsOutsideOfTheScope_isNotSelected() throws Refused {
    Scope elsewhere = new Scope(Set.of("no-such-class"), Set.of(), Set.of());

    assertThat(
            day.massRevocation.preview(
                devices(elsewhere, "pump-1"),
                new Actor("api-token:part", Role.FLEET_OPERATOR, elsewhere)))
        .isEqualTo(new Extent(0, 0, 0));
  }

  @Test
  void reader_mayNotEvenAsk() {
    assertThatExceptionOfType(Refused.class)
        .isThrownBy(() ->
            day.massRevocation.preview(
                both(), new Actor("api-token:reader", Role.READER, Scope.ALL)))
        .returns(Refusal.FORBIDDEN, Refused::refusal);
  }

  @Test
  void selectionOfNothing_isRefused() {
    assertThatThrownBy(() -> devices(Scope.ALL)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void authority_selectsWhatItIssued() throws Refused {
    String issuing = day.store.credential(one.credential()).orElseThrow().authority();

    assertThat(day.massRevocation.preview(ofAuthority(issuing), FirstDay.ADMIN).credentials())
        .isEqualTo(2);
    assertThat(day.massRevocation.preview(ofAuthority("other"), FirstDay.ADMIN).devices()).isZero();
  }

  private static Selection ofAuthority(String id) {
    return new Selection(
        Scope.ALL,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Optional.of(id),
        List.of());
  }
}
