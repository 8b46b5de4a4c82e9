package io.cardea.life.rotation;

import static io.cardea.life.inventory.CredentialState.REVOKED;
import static io.cardea.life.testing.SlotStory.TERMS;
import static io.cardea.life.testing.SlotStory.by;
import static io.cardea.life.testing.SlotStory.byToken;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.rotation.Event.Standing;
import io.cardea.life.testing.SlotStory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("R7 - two holders of one lineage show themselves")
class ForkTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Terms DOOR =
      new Terms(Duration.ofDays(1), true, Duration.ofDays(7), HOUR, 3, OnFork.RECOVERY_DOOR);

  private final SlotStory story = new SlotStory(new ProvenRotation(), TERMS);
  private final CredentialId old = story.enrol("k0");
  private final CredentialId young = story.issue(by(old), "k1");

  /// The young one is proven, and the settling time is over.
  private void settled() {
    story.use(young);
    story.later(HOUR);
  }

  private void forked() {
    settled();
    story.use(old);
    story.use(young);
  }

  @Test
  void turns_withAnAncestorAreAFork() {
    forked();

    assertThat(story.last().effects())
        .contains(new Effect.ForkDeclared(young, old, story.now()), new Effect.SlotChanged());
    assertThat(story.lineage().forkedAt()).contains(story.now());
  }

  @Test
  void turns_betweenBranchesAreAFork() {
    CredentialId other = story.issue(by(old), "k2");
    settled();
    story.use(other);
    story.later(HOUR).use(young);
    assertThat(story.last().effects()).contains(new Effect.ForkDeclared(young, other, story.now()));
  }

  @Test
  void singleReturn_isAFindingAndNoFork() {
    settled();
    story.use(old);

    assertThat(story.last().effects())
        .contains(new Effect.ReturnedToAncestor(young, old, story.now()))
        .noneMatch(Effect.ForkDeclared.class::isInstance);
    assertThat(story.lineage().forkedAt()).isEmpty();
  }

  @Test
  void reflash_thatRenewsAnewIsNoFork() {
    settled();
    story.use(old);
    CredentialId next = story.issue(by(old), "k9");
    story.use(next);

    assertThat(story.lineage().forkedAt()).isEmpty();
    assertThat(story.last().effects())
        .contains(new Effect.SecondBranchProven(next, young, story.now()));
  }

  @Test
  void turns_whileProgramsChangeOverDoNotCount() {
    story.use(young);
    for (int minute = 0; minute < 59; minute++) {
      story.later(Duration.ofMinutes(1)).use(minute % 2 == 0 ? old : young);
      assertThat(story.last().effects()).noneMatch(Effect.SlotChanged.class::isInstance);
    }
    story.later(Duration.ofMinutes(1)).use(young);

    assertThat(story.lineage().uses()).containsExactly(old, young);
    assertThat(story.lineage().forkedAt()).isEmpty();
  }

  @Test
  void olderCandidate_firstUsedWhileProgramsChangeOverIsNoTurn() {
    CredentialId newest = story.issue(by(old), "k2");
    story.use(newest);
    story.later(Duration.ofMinutes(20)).use(young);
    assertThat(story.last().effects())
        .contains(new Effect.SecondBranchProven(young, newest, story.now()));
    story.later(HOUR).use(newest);

    assertThat(story.lineage().uses()).containsExactly(old, newest);
    assertThat(story.lineage().forkedAt()).isEmpty();
  }

  @Test
  void newerOne_takesItsTurnAlsoWhileProgramsChangeOver() {
    story.use(young);
    CredentialId newest = story.issue(by(young), "k2");
    story.use(newest);

    assertThat(story.lineage().uses()).containsExactly(old, young, newest);
  }

  @Test
  void refusedUse_isNeverATurn() {
    settled();
    story.later(Duration.ofDays(2)).use(young);
    assertThat(story.use(old)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_RETIRED));
    story.use(young);

    assertThat(story.lineage().forkedAt()).isEmpty();
    assertThat(story.lineage().uses()).containsExactly(old, young);
  }

  @Test
  void unknownAncestry_makesNoFork() {
    story.use(young);
    CredentialId third = story.issue(by(young), "k2");
    story.use(third);
    story.later(HOUR).use(old);
    Lineage whole = story.lineage();
    List<Link> known = new ArrayList<>(whole.links());
    known.removeIf(link -> link.id().equals(young));
    // The link between them is not there: nobody can say whether the old one is an ancestor.
    Lineage part =
        new Lineage(
            whole.slot(),
            whole.version(),
            known,
            List.of(old, third),
            Optional.empty(),
            whole.pace());

    Transition transition =
        new ProvenRotation().transition(part, new Event.Used(old, story.now()), TERMS);
    assertThat(transition.next().forkedAt()).isEmpty();
    assertThat(transition.verdict()).isEqualTo(new Verdict.Accept(old));
  }

  @Test
  void alarm_goesOnAndIsRaisedOnce() {
    forked();
    assertThat(story.use(old)).isEqualTo(new Verdict.Accept(old));
    assertThat(story.use(young)).isEqualTo(new Verdict.Accept(young));
    assertThat(story.last().effects()).isEmpty();
    story.issue(by(young), "k2");
  }

  @Nested
  class RecoveryDoor {
    RecoveryDoor() {
      story.under(DOOR);
      forked();
      story.later(Duration.ofMinutes(1));
    }

    @Test
    void fork_closesEveryOtherDoor() {
      assertThat(story.use(old)).isEqualTo(new Verdict.Refuse(Refusal.LINEAGE_FORKED));
      assertThat(story.use(young)).isEqualTo(new Verdict.Refuse(Refusal.LINEAGE_FORKED));
      assertThat(story.request(by(young), "k1"))
          .isEqualTo(new Verdict.Refuse(Refusal.LINEAGE_FORKED));
      assertThat(story.request(by(young), "k2"))
          .isEqualTo(new Verdict.Refuse(Refusal.LINEAGE_FORKED));
      assertThat(story.request(byToken("token", Standing.SPENT), "k1"))
          .isEqualTo(new Verdict.Refuse(Refusal.TOKEN_SPENT));
    }

    @Test
    void token_opensAndItsBranchLives() {
      CredentialId recovered = story.issue(byToken("second"), "k1");

      assertThat(story.use(recovered)).isEqualTo(new Verdict.Accept(recovered));
      assertThat(story.request(byToken("second", Standing.SPENT), "k1"))
          .isEqualTo(new Verdict.AnswerWith(recovered));
      CredentialId next = story.later(Duration.ofDays(20)).issue(by(recovered), "k2");
      assertThat(story.use(next)).isEqualTo(new Verdict.Accept(next));
      assertThat(story.use(young)).isEqualTo(new Verdict.Refuse(Refusal.LINEAGE_FORKED));
      assertThat(story.lineage().forkedAt()).isPresent();
    }

    @Test
    void tokenOfBeforeTheFork_leadsNoWayBackToItsKey() {
      // The first token, if the use of what it led to had never spent it.
      assertThat(story.request(byToken("token"), "k0"))
          .isEqualTo(new Verdict.Refuse(Refusal.LINEAGE_FORKED));
    }

    @Test
    void settling_revokesTheSlotAndOpensItAgain() {
      CredentialId recovered = story.issue(byToken("second"), "k2");
      story.later(HOUR).settle();

      assertThat(List.of(old, young, recovered))
          .allSatisfy(each -> assertThat(story.state(each)).isEqualTo(REVOKED));
      assertThat(story.lineage().forkedAt()).isEmpty();
      assertThat(story.lineage().uses()).isEmpty();
      CredentialId anew = story.issue(byToken("third"), "k1");
      assertThat(story.use(anew)).isEqualTo(new Verdict.Accept(anew));
    }
  }

  @Test
  void settling_ofNoForkChangesNothing() {
    Lineage before = story.lineage();
    assertThat(story.settle()).isEqualTo(new Verdict.Noted());
    assertThat(story.last().next()).isSameAs(before);
  }
}
