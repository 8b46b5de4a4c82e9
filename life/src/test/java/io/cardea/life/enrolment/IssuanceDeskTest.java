package io.cardea.life.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Access.Admission;
import io.cardea.life.testing.FirstDay;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class IssuanceDeskTest {
  private static final Actor OFFICER = new Actor("api-token:kay", Role.PKI_OFFICER, Scope.ALL);

  private final FirstDay day;
  private final IssuanceDesk desk;

  IssuanceDeskTest() throws Refused {
    day = new FirstDay();
    desk = new IssuanceDesk(day.store, day.store, day.time);
  }

  @Test
  void frozenIssuing_givesNobodyACertificateAndTakesNoneAway() throws Refused {
    KeyPair key = day.key();
    String token = day.tokenFor("pump-1");
    Answer.Issued issued = (Answer.Issued) day.enrol("pump-1", token, key);
    String newcomers = day.tokenFor("pump-2");

    desk.stop("profile lets too much through", OFFICER);

    assertThat(day.enrol("pump-2", newcomers, day.key())).satisfies(IssuanceDeskTest::isFrozen);
    assertThat(day.enrol("pump-1", token, day.key())).satisfies(IssuanceDeskTest::isFrozen);
    // P2: the answer to a retry was given before.
    assertThat(day.enrol("pump-1", token, key))
        .isInstanceOfSatisfying(
            Answer.Issued.class,
            again -> assertThat(again.credential()).isEqualTo(issued.credential()));
    assertThat(day.access.use(Fingerprint.of(issued.certificate())))
        .isInstanceOf(Admission.Admitted.class);

    desk.resume("profile mended", OFFICER);

    assertThat(day.enrol("pump-2", newcomers, day.key())).isInstanceOf(Answer.Issued.class);
  }

  /// R2: the refused renewal came by a full handshake, and that was a use.
  @Test
  void frozenRenewal_isAProofAllTheSame() throws Refused {
    Answer.Issued issued = (Answer.Issued) day.enrol("pump-1", day.tokenFor("pump-1"), day.key());
    desk.stop("incident", OFFICER);

    Answer answer =
        day.enrolment.enrol(
            Applicant.withCertificate(Fingerprint.of(issued.certificate()), true),
            FirstDay.csr(day.key()),
            "est");

    assertThat(answer).satisfies(IssuanceDeskTest::isFrozen);
    assertThat(kinds()).contains(EntryKind.CREDENTIAL_PROVEN);
  }

  @Test
  void secondFreeze_leavesTheFirst() throws Refused {
    Freeze first = desk.stop("first", OFFICER);
    day.time.pass(Duration.ofMinutes(1));

    assertThat(desk.stop("second", FirstDay.ADMIN)).isEqualTo(first);
    assertThat(desk.freeze(OFFICER)).contains(first);
    assertThat(kinds()).containsOnlyOnce(EntryKind.ISSUING_PAUSED);
  }

  @Test
  void resume_isRefusedWhenNothingIsFrozen() {
    assertThatThrownBy(() -> desk.resume("why", OFFICER))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.CONFLICT));
  }

  @Test
  void freeze_isRecordedWithItsReason() throws Refused {
    desk.stop("profile lets too much through", OFFICER);
    desk.resume("profile mended", OFFICER);

    List<Entry> last = entries().subList(entries().size() - 2, entries().size());
    assertThat(last)
        .extracting(Entry::kind)
        .containsExactly(EntryKind.ISSUING_PAUSED, EntryKind.ISSUING_RESUMED);
    assertThat(last).extracting(Entry::actor).containsOnly("api-token:kay");
    assertThat(last)
        .extracting(entry -> entry.facts().get("why"))
        .containsExactly("profile lets too much through", "profile mended");
  }

  @Test
  void freeze_isForThoseWhoCertify() {
    for (Role role : List.of(Role.FLEET_OPERATOR, Role.AUDITOR, Role.READER)) {
      Actor actor = new Actor("api-token:x", role, Scope.ALL);
      assertThatThrownBy(() -> desk.stop("why", actor))
          .isInstanceOfSatisfying(
              Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.FORBIDDEN));
    }
    assertThatThrownBy(() -> desk.stop(" ", OFFICER))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.REQUEST_MALFORMED));
  }

  private static void isFrozen(Answer answer) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Declined.class,
            declined -> assertThat(declined.refusal()).isEqualTo(Refusal.ISSUANCE_FROZEN));
  }

  private List<EntryKind> kinds() {
    return entries().stream().map(Entry::kind).toList();
  }

  private List<Entry> entries() {
    return day.store.after(0, 100).stream()
        .map(each -> Entry.ofCanonical(each.canonical()))
        .toList();
  }
}
