package io.cardea.life.rotation;

import static io.cardea.life.rotation.Event.Weight.PROLONGS;
import static io.cardea.life.rotation.Event.Weight.PROVES;
import static io.cardea.life.rotation.Event.Weight.PROVES_IN_TURN;
import static io.cardea.life.testing.SlotStory.by;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.testing.SlotStory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// R2 and R3 where somebody else than Cardea accepts credentials, too.
class AudienceTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final SlotStory story =
      new SlotStory(new ProvenRotation(), terms(Set.of("broker", "proxy")));
  private final CredentialId old = story.enrol("old");

  private static Terms terms(Set<String> reporting) {
    return new Terms(
        DAY, true, Duration.ofDays(7), Duration.ofHours(1), 3, OnFork.ALARM, reporting);
  }

  private CredentialId renewed() {
    return story.later(DAY).issue(by(old), "new");
  }

  @Test
  void useAtAnAudienceThatMayProve_isAProof() {
    CredentialId next = renewed();

    assertThat(story.seen(next, "broker", PROVES)).isEqualTo(new Verdict.Accept(next));

    assertThat(story.state(next)).isEqualTo(CredentialState.CURRENT);
    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRING);
  }

  @Test
  void useAtAnotherAudience_provesNothing() {
    CredentialId next = renewed();

    assertThat(story.seen(next, "proxy", PROLONGS)).isEqualTo(new Verdict.Accept(next));

    assertThat(story.state(next)).isEqualTo(CredentialState.STAGED);
    assertThat(story.link(next).provenAt()).isEmpty();
    assertThat(story.state(old)).isEqualTo(CredentialState.CURRENT);
  }

  @Test
  void useOfTheOldOneThere_prolongsItsOverlap() {
    story.under(terms(Set.of("proxy")));
    CredentialId next = renewed();
    story.seen(next, "proxy", PROLONGS);
    story.use(next);
    story.later(Duration.ofHours(20)).seen(old, "proxy", PROLONGS);

    story.later(Duration.ofHours(20)).overlapEnded(old);

    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRING);
    story.later(Duration.ofHours(4)).overlapEnded(old);
    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRED);
  }

  @Test
  void oldOne_livesUntilEachAudienceHasSeenTheNewOne() {
    CredentialId next = renewed();
    story.use(next);
    story.later(DAY.multipliedBy(3)).overlapEnded(old);
    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRING);

    story.seen(next, "broker", PROLONGS);
    story.overlapEnded(old);
    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRING);
    assertThat(story.use(old)).isEqualTo(new Verdict.Accept(old));

    story.later(DAY).seen(next, "proxy", PROLONGS);
    assertThat(story.last().effects()).contains(new Effect.LeftBehind(old));
    story.overlapEnded(old);
    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRED);
  }

  @Test
  void audienceThatSawADescendantOfTheProvenOne_waitsForNothing() {
    CredentialId next = renewed();
    story.use(next);
    CredentialId last = story.issue(by(next), "last");
    story.seen(last, "broker", PROLONGS);
    story.seen(last, "proxy", PROLONGS);

    story.later(DAY).overlapEnded(old);

    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRED);
  }

  /// The audience has left the old one, but for a credential that nobody has proven.
  @Test
  void audienceThatSawAnUnprovenBranch_isWaitedFor() {
    story.under(terms(Set.of("proxy")));
    CredentialId next = renewed();
    CredentialId other = story.issue(by(old), "other");
    story.use(next);
    story.seen(other, "proxy", PROLONGS);

    story.later(DAY).overlapEnded(old);

    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRING);
  }

  @Test
  void openSession_keepsTheOldOneUntilItIsClosed() {
    story.under(terms(Set.of()));
    story.use(renewed());
    story.later(DAY.multipliedBy(9)).inSession(old).overlapEnded(old);
    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRING);

    story.inSession().overlapEnded(old);

    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRED);
  }

  @Test
  void nobody_keepsItBeyondItsExpiry() {
    story.use(renewed());

    story.inSession(old).laterAt(story.link(old).notAfter().plusSeconds(1)).overlapEnded(old);

    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRED);
  }

  @Test
  void returnToTheOldOneThere_forgetsNotThatTheNewOneWasSeen() {
    CredentialId next = renewed();
    story.use(next);
    story.seen(next, "broker", PROLONGS);
    story.seen(next, "proxy", PROLONGS);
    story.seen(old, "proxy", PROLONGS);

    story.later(DAY).overlapEnded(old);

    assertThat(story.state(old)).isEqualTo(CredentialState.RETIRED);
  }

  @Test
  void reporterThatIsNoAudienceOfTheClass_isRefusedAndNothingIsChanged() {
    CredentialId next = renewed();
    Lineage before = story.lineage();

    assertThat(story.seen(next, "stranger", PROVES))
        .isEqualTo(new Verdict.Refuse(Refusal.REPORTER_NOT_ENTITLED));

    assertThat(story.lineage()).isSameAs(before);
  }

  @Test
  void proofOfACredentialOfAnotherDevice_isRefusedAndNothingIsChanged() {
    Lineage before = story.lineage();

    assertThat(story.seen(SlotStory.id(77), "broker", PROVES))
        .isEqualTo(new Verdict.Refuse(Refusal.CREDENTIAL_UNKNOWN));

    assertThat(story.lineage()).isSameAs(before);
  }

  @Test
  void turns_countAtCardeasOwnBrokerAlone() {
    CredentialId next = renewed();
    story.use(next);
    for (int turn = 0; turn < 3; turn++) {
      story.later(Duration.ofHours(2)).seen(old, "proxy", PROVES);
      story.later(Duration.ofHours(2)).seen(next, "proxy", PROVES);
    }
    assertThat(story.lineage().forkedAt()).isEmpty();

    story.later(Duration.ofHours(2)).seen(old, "broker", PROVES_IN_TURN);
    story.later(Duration.ofHours(2)).seen(next, "broker", PROVES_IN_TURN);

    assertThat(story.lineage().forkedAt()).isPresent();
  }

  @Test
  void classWithABlindAudience_retiresNothing() {
    DeviceClass pumps = new DeviceClass("pumps", "device", DAY, DAY, DAY, 3, OnFork.ALARM, true);
    Audience blind =
        new Audience("wall", Audience.Kind.SERVICE, false, false, Set.of("pumps"), Set.of());
    Audience broker =
        new Audience("broker", Audience.Kind.BROKER, true, false, Set.of("pumps"), Set.of());

    assertThat(Terms.of(pumps, List.of(broker)).retires()).isTrue();
    assertThat(Terms.of(pumps, List.of(broker)).reporting()).containsExactly("broker");
    assertThat(Terms.of(pumps, List.of(broker, blind)).retires()).isFalse();
  }
}
