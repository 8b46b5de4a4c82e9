package io.cardea.life.rotation;

import static io.cardea.life.inventory.CredentialState.CURRENT;
import static io.cardea.life.inventory.CredentialState.REVOKED;
import static io.cardea.life.inventory.CredentialState.STAGED;
import static io.cardea.life.testing.SlotStory.TERMS;
import static io.cardea.life.testing.SlotStory.by;
import static io.cardea.life.testing.SlotStory.byToken;
import static io.cardea.life.testing.SlotStory.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.testing.SlotStory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("R8 - compromise cascades")
class CompromiseTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final SlotStory story = new SlotStory(new ProvenRotation(), TERMS);
  private final CredentialId root = story.enrol("k0");
  private final CredentialId before = story.issue(by(root), "k1");
  private final Instant since = story.later(DAY).now();
  private final CredentialId after = story.issue(by(root), "k2");
  private final CredentialId grandchild = story.later(Duration.ofDays(20)).issue(by(before), "k3");
  private final CredentialId recovered = story.issue(byToken("second"), "k4");

  @Test
  void compromise_takesTheKeyAndEveryDescendantIssuedSince() {
    story.laterAt(RenewalWindow.of(story.link(root)).renewalPoint());
    CredentialId sameKey = story.issue(by(root), "k0");
    story.revoke(root, RevocationReason.KEY_COMPROMISE, since);

    assertThat(List.of(root, sameKey, after, grandchild))
        .allSatisfy(each -> assertThat(story.state(each)).isEqualTo(REVOKED));
    assertThat(List.of(before, recovered))
        .allSatisfy(each -> assertThat(story.state(each)).isEqualTo(STAGED));
    assertThat(story.last().effects())
        .contains(new Effect.KeyCondemned(key("k0"), since, story.now()));
  }

  @ParameterizedTest
  @EnumSource(
      value = RevocationReason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "KEY_COMPROMISE")
  void otherReasons_takeNothingElse(RevocationReason reason) {
    story.revoke(root, reason, since);

    assertThat(story.last().effects())
        .containsExactly(new Effect.RevokedFor(root, CURRENT, reason, story.now()));
  }

  @Test
  void revocation_isFinal() {
    story.revoke(root, RevocationReason.SUPERSEDED, since);
    story.later(DAY).revoke(root, RevocationReason.CESSATION_OF_OPERATION, since);

    assertThat(story.last().effects()).isEmpty();
    assertThat(story.use(root)).isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_REVOKED));
    assertThat(story.request(by(root), "k9"))
        .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_REVOKED));
  }

  @Test
  void compromise_isHeardOfARevokedCredentialToo() {
    story.revoke(root, RevocationReason.SUPERSEDED, since);
    story.revoke(root, RevocationReason.KEY_COMPROMISE, since);

    assertThat(story.state(after)).isEqualTo(REVOKED);
    assertThat(story.last().effects())
        .contains(new Effect.KeyCondemned(key("k0"), since, story.now()));
  }

  @Test
  void revocationOfTheUnknown_isRefused() {
    assertThat(story.revoke(SlotStory.id(99), RevocationReason.SUPERSEDED, since))
        .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_UNKNOWN));
  }
}
