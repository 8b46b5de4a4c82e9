package io.cardea.life.rotation;

import static io.cardea.life.inventory.CredentialState.CURRENT;
import static io.cardea.life.inventory.CredentialState.RETIRED;
import static io.cardea.life.inventory.CredentialState.RETIRING;
import static io.cardea.life.inventory.CredentialState.STAGED;
import static io.cardea.life.testing.SlotStory.LIFE;
import static io.cardea.life.testing.SlotStory.TERMS;
import static io.cardea.life.testing.SlotStory.by;
import static io.cardea.life.testing.SlotStory.byToken;
import static io.cardea.life.testing.SlotStory.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.rotation.Event.Standing;
import io.cardea.life.testing.SlotStory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProvenRotationTest {
  private final SlotStory story = new SlotStory(new ProvenRotation(), TERMS);

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  @Nested
  @DisplayName("R1 - only proof retires")
  class OnlyProofRetires {
    @Test
    void issue_retiresNothing() {
      CredentialId old = story.enrol("k0");
      CredentialId young = story.issue(by(old), "k1");

      assertThat(story.state(old)).isEqualTo(CURRENT);
      assertThat(story.state(young)).isEqualTo(STAGED);
      assertThat(story.last().effects()).containsExactly(new Effect.SlotChanged());
    }

    @Test
    void silence_retiresNothing() {
      CredentialId old = story.enrol("k0");
      CredentialId young = story.issue(by(old), "k1");
      story.later(Duration.ofDays(99));

      story.overlapEnded(old);
      story.overlapEnded(young);

      assertThat(story.last().effects()).isEmpty();
      assertThat(story.use(old)).isEqualTo(new Verdict.Accept(old));
      assertThat(story.use(young)).isEqualTo(new Verdict.Accept(young));
    }

    @Test
    void issuedCredential_mustBeStaged() {
      CredentialId old = story.enrol("k0");
      Link current = story.link(old);

      assertThatThrownBy(() -> story.apply(new Event.Issued(current, story.now())))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("CURRENT");
    }
  }

  @Nested
  @DisplayName("R2, R3 - proof, and what it retires")
  class Proof {
    @Test
    void firstUse_provesAndSpendsTheToken() {
      CredentialId first = story.issue(byToken("token"), "k0");
      story.use(first);

      assertThat(story.state(first)).isEqualTo(CURRENT);
      assertThat(story.last().effects())
          .containsExactly(
              new Effect.UseRecorded(first, true, story.now()),
              new Effect.Moved(first, STAGED, CURRENT, story.now()),
              new Effect.TokenSpent(token("token"), story.now()),
              new Effect.SlotChanged());
    }

    @Test
    void laterProofs_spendNoTokenAgain() {
      CredentialId first = story.enrol("k0");
      story.use(story.issue(by(first), "k1"));

      assertThat(story.last().effects()).noneMatch(Effect.TokenSpent.class::isInstance);
    }

    @Test
    void proofOfAGrandchild_spendsTheTokenOfAnUnprovenRoot() {
      CredentialId root = story.issue(byToken("token"), "k0");
      // In grace, and never seen in use.
      story.laterAt(story.link(root).notAfter().plus(DAY));
      story.use(story.issue(by(root), "k1"));

      assertThat(story.last().effects())
          .contains(new Effect.TokenSpent(token("token"), story.now()));
    }

    @Test
    void proof_retiresAncestorsOnly() {
      CredentialId root = story.enrol("k0");
      CredentialId sibling = story.issue(by(root), "k1");
      CredentialId proven = story.issue(by(root), "k2");
      story.use(proven);

      assertThat(story.state(root)).isEqualTo(RETIRING);
      assertThat(story.state(sibling)).isEqualTo(STAGED);
      assertThat(story.state(proven)).isEqualTo(CURRENT);
    }

    @Test
    void overlap_isCountedFromTheLastUse() {
      CredentialId old = story.enrol("k0");
      story.use(story.issue(by(old), "k1"));
      story.later(Duration.ofHours(20)).use(old);
      story.later(Duration.ofHours(23)).overlapEnded(old);
      assertThat(story.state(old)).isEqualTo(RETIRING);

      story.later(HOUR).overlapEnded(old);

      assertThat(story.last().effects())
          .containsExactly(new Effect.Moved(old, RETIRING, RETIRED, story.now()));
    }

    @Test
    void overlap_isCountedFromTheProofWhenTheOldOneWasSilent() {
      CredentialId old = story.enrol("k0");
      story.later(Duration.ofDays(60)).use(story.issue(by(old), "k1"));

      story.later(Duration.ofHours(23));
      assertThat(story.use(old)).isEqualTo(new Verdict.Accept(old));
      story.later(Duration.ofHours(24));
      assertThat(story.use(old)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_RETIRED));
    }

    @Test
    void useAfterTheOverlap_retiresBeforeAnyTimerDid() {
      CredentialId old = story.enrol("k0");
      story.use(story.issue(by(old), "k1"));
      story.later(DAY);

      assertThat(story.use(old)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_RETIRED));
      assertThat(story.last().effects())
          .containsExactly(new Effect.Moved(old, RETIRING, RETIRED, story.now()));
      assertThat(story.request(by(old), "k9"))
          .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_RETIRED));
    }

    @Test
    void classWithoutSecondProof_keepsTheOldOneUntilItExpires() {
      story.under(new Terms(DAY, false, Duration.ZERO, HOUR, 3, OnFork.ALARM));
      CredentialId old = story.enrol("k0");
      story.use(story.issue(by(old), "k1"));
      story.later(Duration.ofDays(99)).overlapEnded(old);

      assertThat(story.use(old)).isEqualTo(new Verdict.Accept(old));
      story.later(Duration.ofDays(2));
      assertThat(story.use(old)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_RETIRED));
    }

    @Test
    void secondProvenBranch_isAFinding() {
      CredentialId root = story.enrol("k0");
      CredentialId one = story.issue(by(root), "k1");
      CredentialId other = story.issue(by(root), "k2");
      story.use(one);
      assertThat(story.last().effects()).noneMatch(Effect.SecondBranchProven.class::isInstance);
      story.use(other);

      assertThat(story.last().effects())
          .contains(new Effect.SecondBranchProven(other, one, story.now()));
      assertThat(story.state(one)).isEqualTo(CURRENT);
    }

    @Test
    void useOfACurrentOne_isRecordedNowAndThenOnly() {
      CredentialId credential = story.enrol("k0");
      Lineage before = story.lineage();

      story.later(Duration.ofHours(23)).use(credential);
      assertThat(story.last().effects()).isEmpty();
      assertThat(story.last().next()).isSameAs(before);

      story.later(HOUR).use(credential);
      assertThat(story.last().effects())
          .containsExactly(new Effect.UseRecorded(credential, false, story.now()));
    }

    @Test
    void expired_givesNoAccessEvenInGrace() {
      CredentialId credential = story.enrol("k0");
      story.laterAt(story.link(credential).notAfter());
      assertThat(story.use(credential)).isEqualTo(new Verdict.Accept(credential));
      story.later(Duration.ofSeconds(1));
      assertThat(story.use(credential)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_EXPIRED));
    }

    @Test
    void unknown_isRefused() {
      story.enrol("k0");

      assertThat(story.use(SlotStory.id(77)))
          .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_UNKNOWN));
      assertThat(story.request(by(SlotStory.id(77)), "k0"))
          .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_UNKNOWN));
    }
  }

  @Nested
  @DisplayName("R4 - the same key gets the same answer")
  class SameKey {
    @Test
    void retry_isAnsweredWithWhatWasIssued() {
      CredentialId old = story.enrol("k0");
      CredentialId young = story.issue(by(old), "k1");

      assertThat(story.request(by(old), "k1")).isEqualTo(new Verdict.AnswerWith(young));
      assertThat(story.last().effects()).isEmpty();
    }

    @Test
    void expiredRetiredOrRevokedKnock_doesNotSpoilARetry() {
      CredentialId old = story.enrol("k0");
      story.later(Duration.ofDays(95));
      CredentialId young = story.issue(by(old), "k1");
      story.later(Duration.ofDays(30));
      assertThat(story.request(by(old), "k1")).isEqualTo(new Verdict.AnswerWith(young));

      story.revoke(old, RevocationReason.SUPERSEDED, story.now());
      assertThat(story.request(by(old), "k1")).isEqualTo(new Verdict.AnswerWith(young));
    }

    @ParameterizedTest
    @EnumSource(Standing.class)
    void token_ofAnyStandingGetsARetryAnswered(Standing standing) {
      CredentialId first = story.enrol("k0");

      assertThat(story.request(byToken("token", standing), "k0"))
          .isEqualTo(new Verdict.AnswerWith(first));
    }

    @Test
    void pastTheRenewalPoint_aNewOneIsIssuedAndAnswersTheRetries() {
      CredentialId first = story.enrol("k0");
      story.laterAt(RenewalWindow.of(story.link(first)).renewalPoint());
      CredentialId second = story.issue(by(first), "k0");

      assertThat(story.link(second).predecessor())
          .isEqualTo(new Predecessor.OlderCredential(first));
      assertThat(story.link(second).generation()).isEqualTo(1);
      assertThat(story.request(by(first), "k0")).isEqualTo(new Verdict.AnswerWith(second));
    }

    @Test
    void pastTheRenewalPoint_theKeyGoesOnUnderItsOwnCredential() {
      CredentialId old = story.enrol("k0");
      CredentialId young = story.issue(by(old), "k1");
      story.laterAt(RenewalWindow.of(story.link(young)).renewalPoint());

      assertThat(story.request(byToken("token", Standing.SPENT), "k1"))
          .isEqualTo(new Verdict.Issue(new Predecessor.OlderCredential(young), 2));
    }

    @Test
    void sameKeyAndPredecessor_haveOneCredential() {
      story.under(new Terms(DAY, true, Duration.ofDays(900), HOUR, 3, OnFork.ALARM));
      CredentialId old = story.enrol("k0");
      CredentialId lost = story.issue(by(old), "k1");
      story.later(Duration.ofDays(200));

      // The answer was lost, the device slept, and both have expired.
      assertThat(story.request(by(old), "k1"))
          .isEqualTo(new Verdict.Issue(new Predecessor.OlderCredential(lost), 2));
    }

    @Test
    void revokedCredential_isNoAnswer() {
      CredentialId old = story.enrol("k0");
      CredentialId young = story.issue(by(old), "k1");
      story.revoke(young, RevocationReason.CESSATION_OF_OPERATION, story.now());

      assertThat(story.request(by(old), "k1"))
          .isEqualTo(new Verdict.Issue(new Predecessor.OlderCredential(young), 2));
    }
  }

  @Nested
  @DisplayName("R5 - enough candidates")
  class EnoughCandidates {
    @Test
    void fourthCandidate_waits() {
      CredentialId first = story.enrol("k0");
      story.issue(by(first), "k1");
      story.issue(by(first), "k2");

      assertThat(story.request(by(first), "k3")).isEqualTo(new Verdict.Wait(Duration.ofDays(10)));
      story.later(Duration.ofDays(10));
      story.issue(by(first), "k3");
      assertThat(story.lineage().pace()).isEqualTo(new Pace(story.now(), 1));
    }

    @Test
    void candidates_areNeverEvicted() {
      CredentialId first = story.enrol("k0");
      List<CredentialId> all = List.of(story.issue(by(first), "k1"), story.issue(by(first), "k2"));

      for (CredentialId each : all) {
        assertThat(story.use(each)).isEqualTo(new Verdict.Accept(each));
      }
    }

    @Test
    void retry_isFreeAlsoWhenCandidatesAreEnough() {
      CredentialId first = story.enrol("k0");
      CredentialId second = story.issue(by(first), "k1");
      story.issue(by(first), "k2");

      assertThat(story.request(by(first), "k1")).isEqualTo(new Verdict.AnswerWith(second));
    }

    @Test
    void wait_leavesThreeQuartersOfWhatTheKnockerHas() {
      CredentialId first = story.enrol("k0");
      story.later(Duration.ofDays(96));
      story.issue(by(first), "k1");
      story.issue(by(first), "k2");
      story.issue(by(first), "k3");

      assertThat(story.request(by(first), "k4")).isEqualTo(new Verdict.Wait(DAY));
    }

    @Test
    void wait_isASecondAtLeast() {
      story.issue(byToken("token"), "k0", Duration.ofSeconds(5));
      story.issue(byToken("token"), "k1", Duration.ofSeconds(5));
      story.issue(byToken("token"), "k2", Duration.ofSeconds(5));

      assertThat(story.request(byToken("token"), "k3"))
          .isEqualTo(new Verdict.Wait(Duration.ofSeconds(1)));
    }

    @Test
    void firstEnrolments_areCountedToo() {
      story.issue(byToken("token"), "k0");
      story.issue(byToken("token"), "k1");
      story.issue(byToken("token"), "k2");

      assertThat(story.request(byToken("token"), "k3")).isInstanceOf(Verdict.Wait.class);
    }

    @Test
    void deviceWithNothingAccepted_waitsAMinuteAtMost() {
      CredentialId first = story.issue(byToken("token"), "k0");
      CredentialId second = story.issue(byToken("token"), "k1");
      CredentialId third = story.issue(byToken("token"), "k2");
      for (CredentialId each : List.of(first, second, third)) {
        story.revoke(each, RevocationReason.CESSATION_OF_OPERATION, story.now());
      }

      assertThat(story.request(byToken("other"), "k3"))
          .isEqualTo(new Verdict.Wait(Duration.ofMinutes(1)));
      story.later(Duration.ofMinutes(1));
      story.issue(byToken("other"), "k3");
    }

    @Test
    void earlyRenewal_isGranted() {
      CredentialId first = story.enrol("k0");

      assertThat(story.request(by(first), "k1"))
          .isEqualTo(new Verdict.Issue(new Predecessor.OlderCredential(first), 1));
    }
  }

  @Nested
  @DisplayName("R6 - grace, and the recovery door")
  class Recovery {
    @ParameterizedTest
    @EnumSource(names = {"STAGED", "CURRENT"})
    void withinGrace_renewsAsIfValid(CredentialState state) {
      CredentialId credential = story.issue(byToken("token"), "k0");
      if (state == CURRENT) {
        story.use(credential);
      }
      story.laterAt(story.link(credential).notAfter().plus(Duration.ofDays(7)));

      assertThat(story.request(by(credential), "k1"))
          .isEqualTo(new Verdict.Issue(new Predecessor.OlderCredential(credential), 1));
    }

    @Test
    void beyondGrace_isRefused() {
      CredentialId credential = story.enrol("k0");
      story.laterAt(story.link(credential).notAfter().plus(Duration.ofDays(7)).plusSeconds(1));

      assertThat(story.request(by(credential), "k1"))
          .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_EXPIRED));
    }

    @Test
    void expiredWhileRetiring_countsAsRetired() {
      story.under(new Terms(LIFE, true, LIFE, HOUR, 3, OnFork.ALARM));
      CredentialId old = story.enrol("k0");
      story.later(Duration.ofDays(90)).use(story.issue(by(old), "k1"));
      story.later(Duration.ofDays(11));

      assertThat(story.request(by(old), "k2"))
          .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_RETIRED));
      assertThat(story.use(old)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_RETIRED));
    }

    @Test
    void token_recoversIntoABranchOfItsOwn() {
      CredentialId lost = story.enrol("k0");
      story.later(Duration.ofDays(150));
      CredentialId recovered = story.issue(byToken("second"), "k1");
      story.use(recovered);

      assertThat(story.link(recovered).predecessor())
          .isEqualTo(new Predecessor.EnrolmentToken(token("second")));
      assertThat(story.link(recovered).generation()).isZero();
      assertThat(story.state(lost)).isEqualTo(CURRENT);
      assertThat(story.last().effects())
          .contains(new Effect.TokenSpent(token("second"), story.now()))
          .noneMatch(Effect.SecondBranchProven.class::isInstance);
    }

    @Test
    void tokenThatIsNoLongerGood_opensNothingNew() {
      story.enrol("k0");

      assertThat(story.request(byToken("token", Standing.SPENT), "k1"))
          .isEqualTo(new Verdict.Refuse(Refusal.TOKEN_SPENT));
      assertThat(story.request(byToken("token", Standing.EXPIRED), "k1"))
          .isEqualTo(new Verdict.Refuse(Refusal.TOKEN_EXPIRED));
    }
  }
}
