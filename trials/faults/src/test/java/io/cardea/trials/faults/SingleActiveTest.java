package io.cardea.trials.faults;

import static io.cardea.life.testing.SlotStory.TERMS;
import static io.cardea.life.testing.SlotStory.by;
import static io.cardea.life.testing.SlotStory.byToken;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.rotation.Effect;
import io.cardea.life.rotation.Event.Standing;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Verdict;
import io.cardea.life.testing.SlotStory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SingleActiveTest {
  private final SlotStory story = new SlotStory(new SingleActive(), TERMS);

  @Test
  void deviceThatGetsItsAnswers_renewsAsEver() {
    CredentialId credential = story.enrol("k0");
    for (int renewal = 1; renewal < 5; renewal++) {
      story.later(Duration.ofDays(60));
      credential = story.issue(by(credential), "k" + renewal);
      assertThat(story.use(credential)).isEqualTo(new Verdict.Accept(credential));
    }
  }

  @Test
  void issue_revokesTheOldOneInTheSameStep() {
    CredentialId old = story.enrol("k0");
    story.issue(by(old), "k1");

    assertThat(story.last().effects())
        .contains(
            new Effect.RevokedFor(
                old, CredentialState.CURRENT, RevocationReason.SUPERSEDED, story.now()));
    assertThat(story.state(old)).isEqualTo(CredentialState.REVOKED);
  }

  @Test
  void lostAnswer_locksTheDeviceOut() {
    CredentialId old = story.enrol("k0");
    story.issue(by(old), "k1");

    assertThat(story.use(old)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_REVOKED));
    assertThat(story.request(by(old), "k1"))
        .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_REVOKED));
    assertThat(story.request(byToken("token", Standing.SPENT), "k1"))
        .isEqualTo(new Verdict.Refuse(Refusal.TOKEN_SPENT));
  }

  @Test
  void firstEnrolment_canBeRepeatedWhileItsTokenIsGood() {
    CredentialId first = story.issue(byToken("token"), "k0");

    assertThat(story.request(byToken("token"), "k0")).isEqualTo(new Verdict.AnswerWith(first));
    CredentialId second = story.issue(byToken("token"), "k1");
    assertThat(story.use(second)).isEqualTo(new Verdict.Accept(second));
  }
}
