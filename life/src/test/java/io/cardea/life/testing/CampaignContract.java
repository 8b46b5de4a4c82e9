package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.device;
import static io.cardea.life.testing.Samples.step;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.RegisterDevice;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.Campaign.Cause;
import io.cardea.life.rotation.Campaign.Course;
import io.cardea.life.rotation.Campaign.State;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.Campaigns.Call;
import io.cardea.life.rotation.Campaigns.Called;
import io.cardea.life.rotation.Campaigns.Participant;
import io.cardea.life.rotation.Campaigns.Standing;
import io.cardea.life.rotation.Campaigns.Tally;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.BeginCampaign;
import io.cardea.life.rotation.RotationChange.MoveCampaign;
import io.cardea.life.rotation.RotationChange.RecordUse;
import io.cardea.life.rotation.RotationChange.RevokeCredential;
import io.cardea.life.rotation.Selection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What is kept of campaigns, beside all the rest.
public abstract class CampaignContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards & MassRevocations>
    extends MassRevocationContract<S> {
  private static final Instant LATER = NOON.plusSeconds(600);
  private static final Duration PATIENCE = Duration.ofHours(1);
  private static final Selection PUMPS =
      new Selection(
          Scope.ALL,
          Optional.of("pumps"),
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          List.of());

  protected abstract Campaigns campaigns();

  private static Campaign campaign(int seconds) {
    return new Campaign(
        new UUID(7, seconds),
        "api-token:admin",
        PUMPS,
        Cause.ALGORITHM,
        "away from RSA",
        new Course(1, 3, 600, 5, PATIENCE),
        new Campaign.Extent(2, 1, 0),
        NOON.plusSeconds(seconds),
        State.RUNNING,
        0,
        "",
        0,
        Optional.empty());
  }

  @Nested
  class Running {
    private final Campaign campaign = campaign(0);
    private final UUID id = campaign.id();
    private Campaigns campaigns;
    private Credential one;
    private Credential two;

    @BeforeEach
    void begin() {
      campaigns = campaigns();
      one = issue(0, credential("pump-1", "a", token("t"), 0));
      two = issue(0, credential("pump-2", "b", token("u"), 0));
      commit(new BeginCampaign(campaign));
    }

    private void enlisted() {
      while (campaigns.enlist(id, LATER)) {
        // more to choose
      }
    }

    private void move(State from, State to) {
      commit(new MoveCampaign(id, from, to, "", 0, Optional.empty()));
    }

    private List<Tally> tallies() {
      return campaigns.tallies(id);
    }

    private Participant participant(String device) {
      return campaigns.participants(id, Optional.empty(), "", 10).stream()
          .filter(each -> each.device().value().equals(device))
          .findFirst()
          .orElseThrow();
    }

    private Credential renewed(Credential older, String name, int seconds) {
      Credential fresh =
          issue(1, credential(older.slot().device().value(), name, after(older), seconds));
      commit(
          step(older.slot().device().value(), 2, fresh.id()),
          new RecordUse(fresh.id(), true, NOON.plusSeconds(seconds + 1)));
      return fresh;
    }

    @Test
    void campaign_isReadBack() {
      assertThat(campaigns.campaign(id)).contains(campaign);
      assertThat(campaigns.campaign(UUID.randomUUID())).isEmpty();
      assertThat(campaigns.runningCampaigns()).containsExactly(campaign);
    }

    @Test
    void list_isNewestFirstAndPaged() {
      commit(new BeginCampaign(campaign(5)));

      assertThat(campaigns.campaigns(Optional.empty(), Optional.empty(), 10))
          .containsExactly(campaign(5), campaign);
      assertThat(campaigns.campaigns(Optional.empty(), Optional.of(campaign(5).id()), 10))
          .containsExactly(campaign);
      assertThat(campaigns.campaigns(Optional.empty(), Optional.empty(), 1))
          .containsExactly(campaign(5));
      assertThat(campaigns.campaigns(Optional.of("api-token:other"), Optional.empty(), 10))
          .isEmpty();
      assertThat(campaigns.campaigns(Optional.of(campaign.actor()), Optional.empty(), 1))
          .containsExactly(campaign(5));
    }

    @Test
    void move_isFromOneStateAlone() {
      move(State.RUNNING, State.PAUSED);

      assertThat(campaigns.runningCampaigns()).isEmpty();
      assertThat(
              store.commit(
                  decision(
                      "pump-1",
                      new MoveCampaign(
                          id, State.RUNNING, State.HALTED, "late", 3, Optional.empty()))))
          .isEqualTo(STALE);
      commit(new MoveCampaign(id, State.PAUSED, State.ABORTED, "x", 4, Optional.of(LATER)));
      Campaign over = campaigns.campaign(id).orElseThrow();
      assertThat(over.state()).isEqualTo(State.ABORTED);
      assertThat(over.endedAt()).contains(LATER);
      assertThat(over.forgiven()).isEqualTo(4);
      assertThat(over.halt()).isEqualTo("x");
    }

    @Test
    void extent_countsWhoHoldsSomething_isHealthy_andIsElsewhere() {
      commit(step("pump-1", 1), new RecordUse(one.id(), true, NOON.plusSeconds(9)));
      assertThat(campaigns.campaignExtent(PUMPS, LATER)).isEqualTo(new Campaign.Extent(2, 1, 0));
      enlisted();

      assertThat(campaigns.campaignExtent(PUMPS, LATER)).isEqualTo(new Campaign.Extent(2, 1, 2));
      assertThat(campaigns.campaignExtent(PUMPS, NOON.plus(Duration.ofDays(3_000))))
          .isEqualTo(new Campaign.Extent(0, 0, 0));
      commit(new MoveCampaign(id, State.RUNNING, State.DONE, "", 0, Optional.of(LATER)));
      assertThat(campaigns.campaignExtent(PUMPS, LATER).elsewhere()).isZero();
    }

    @Test
    void devices_comeIntoTheirWavesOnce() {
      enlisted();
      enlisted();

      assertThat(tallies())
          .containsExactly(new Tally(0, 1, 0, 0, 0, 0), new Tally(1, 1, 0, 0, 0, 0));
      assertThat(participant("pump-1").wave()).isZero();
      assertThat(participant("pump-2").wave()).isEqualTo(1);
      assertThat(campaigns.participants(id, Optional.of(Standing.WAITING), "pump-1", 10))
          .extracting(Participant::device)
          .containsExactly(new DeviceId("pump-2"));
    }

    @Test
    void deviceOfAnotherCampaign_isLeftOut() {
      enlisted();
      Campaign other = campaign(5);
      commit(new BeginCampaign(other));

      while (campaigns.enlist(other.id(), LATER)) {
        // more to choose
      }

      assertThat(campaigns.tallies(other.id())).isEmpty();
    }

    @Test
    void deviceWithNothingAccepted_isLeftOut() {
      commit(step("pump-1", 1), new RevokeCredential(one.id(), RevocationReason.SUPERSEDED, NOON));
      commit(new RegisterDevice(device("pump-3", "pumps")));
      enlisted();

      assertThat(campaigns.participants(id, Optional.empty(), "", 10))
          .extracting(Participant::device)
          .containsExactly(new DeviceId("pump-2"));
    }

    @Test
    void wave_isCalledWhenItHasCome() {
      enlisted();

      assertThat(campaigns.call(id, 10, LATER)).isEqualTo(1);
      assertThat(campaigns.call(id, 10, LATER)).isZero();
      assertThat(campaigns.call(new DeviceId("pump-1"))).contains(new Call(LATER, Cause.ALGORITHM));
      assertThat(campaigns.call(new DeviceId("pump-2"))).isEmpty();
      assertThat(campaigns.calledSince(LATER.minusSeconds(1), 10))
          .containsExactly(new Called(new DeviceId("pump-1"), new Call(LATER, Cause.ALGORITHM)));
      assertThat(campaigns.calledSince(LATER, 10)).isEmpty();

      assertThat(campaigns.nextWave(id, 0)).isTrue();
      assertThat(campaigns.nextWave(id, 0)).isFalse();
      assertThat(campaigns.campaign(id).orElseThrow().wave()).isEqualTo(1);
      assertThat(campaigns.call(id, 10, LATER)).isEqualTo(1);
      assertThat(tallies())
          .containsExactly(new Tally(0, 0, 1, 0, 0, 0), new Tally(1, 0, 1, 0, 0, 0));
    }

    @Test
    void pausedCampaign_takesNoStep() {
      move(State.RUNNING, State.PAUSED);
      enlisted();
      assertThat(tallies()).isEmpty();
      move(State.PAUSED, State.RUNNING);
      enlisted();
      move(State.RUNNING, State.PAUSED);

      assertThat(campaigns.call(id, 10, LATER)).isZero();
      assertThat(campaigns.nextWave(id, 0)).isFalse();
      assertThat(campaigns.settle(id, PATIENCE, LATER)).isZero();
    }

    @Test
    void proofOfWhatWasIssuedSince_isAMove() {
      enlisted();
      campaigns.call(id, 10, LATER);
      commit(step("pump-1", 1), new RecordUse(one.id(), true, LATER.plusSeconds(1)));
      assertThat(campaigns.settle(id, PATIENCE, LATER.plusSeconds(2))).isZero();

      Credential fresh = issue(2, credential("pump-1", "c", after(one), 700));
      assertThat(campaigns.settle(id, PATIENCE, LATER.plusSeconds(200))).isZero();
      commit(step("pump-1", 3, fresh.id()), new RecordUse(fresh.id(), true, NOON.plusSeconds(701)));

      assertThat(campaigns.settle(id, PATIENCE, NOON.plusSeconds(702))).isEqualTo(1);
      assertThat(campaigns.settle(id, PATIENCE, NOON.plusSeconds(702))).isZero();
      Participant moved = participant("pump-1");
      assertThat(moved.standing()).isEqualTo(Standing.MOVED);
      assertThat(moved.evidence()).contains(fresh.id());
      assertThat(moved.settledAt()).contains(NOON.plusSeconds(702));
      assertThat(campaigns.call(new DeviceId("pump-1"))).isEmpty();
      assertThat(tallies().getFirst()).isEqualTo(new Tally(0, 0, 0, 1, 0, 0));
    }

    @Test
    void deviceThatDoesNotCome_isLate_andMovesAfterAll() {
      enlisted();
      campaigns.call(id, 10, LATER);

      assertThat(campaigns.settle(id, PATIENCE, LATER.plus(PATIENCE).minusMillis(1))).isZero();
      assertThat(campaigns.settle(id, PATIENCE, LATER.plus(PATIENCE))).isEqualTo(1);
      assertThat(participant("pump-1").standing()).isEqualTo(Standing.LATE);
      assertThat(campaigns.call(new DeviceId("pump-1"))).contains(new Call(LATER, Cause.ALGORITHM));

      renewed(one, "c", 9_000);
      assertThat(campaigns.settle(id, PATIENCE, NOON.plusSeconds(9_002))).isEqualTo(1);
      assertThat(participant("pump-1").standing()).isEqualTo(Standing.MOVED);
      assertThat(tallies().getFirst()).isEqualTo(new Tally(0, 0, 0, 1, 0, 0));
    }

    @Test
    void deviceThatLostAll_isGoneAndNotLate() {
      enlisted();
      campaigns.call(id, 10, LATER);
      commit(step("pump-1", 1), new RevokeCredential(one.id(), RevocationReason.SUPERSEDED, NOON));

      assertThat(campaigns.settle(id, PATIENCE, LATER.plus(PATIENCE))).isEqualTo(1);
      assertThat(participant("pump-1").standing()).isEqualTo(Standing.GONE);
    }

    @Test
    void proofOfTheSameKey_isNoMoveWhereTheKeyIsTheReason() {
      enlisted();
      campaigns.call(id, 10, LATER);
      Credential fresh =
          issue(1, Samples.withKey(credential("pump-1", "same-key", after(one), 700), one.key()));
      commit(step("pump-1", 2, fresh.id()), new RecordUse(fresh.id(), true, NOON.plusSeconds(701)));
      campaigns.settle(id, PATIENCE, NOON.plusSeconds(702));

      assertThat(participant("pump-1").standing()).isEqualTo(Standing.CALLED);
    }

    @Test
    void renewalWithoutACall_isNoMove() {
      enlisted();
      renewed(two, "c", 700);

      assertThat(campaigns.settle(id, PATIENCE, NOON.plusSeconds(702))).isZero();
      assertThat(participant("pump-2").standing()).isEqualTo(Standing.WAITING);
    }

    @Test
    void campaignThatIsOver_callsNobodyAnyMore() {
      enlisted();
      campaigns.call(id, 10, LATER);
      commit(new MoveCampaign(id, State.RUNNING, State.ABORTED, "", 0, Optional.of(LATER)));

      assertThat(campaigns.call(new DeviceId("pump-1"))).isEmpty();
      assertThat(campaigns.call(id, 10, LATER)).isZero();
    }

    @Test
    void twoServersAtOnce_callEachDeviceOnce() throws Exception {
      for (int i = 3; i < 40; i++) {
        String device = "pump-" + i;
        commit(new RegisterDevice(device(device, "pumps")));
        issue(0, credential(device, "of " + i, token("t" + i), 0));
      }
      enlisted();
      campaigns.nextWave(id, 0);
      campaigns.nextWave(id, 1);
      campaigns.nextWave(id, 2);
      campaigns.nextWave(id, 3);
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        calls.add(() -> campaigns.call(id, 7, LATER));
      }

      List<Integer> called = together(calls);

      long all = tallies().stream().mapToLong(Tally::called).sum();
      assertThat(called.stream().mapToInt(Integer::intValue).sum()).isEqualTo((int) all);
      assertThat(all).isEqualTo(39);
      assertThat(campaigns.participants(id, Optional.of(Standing.CALLED), "", 100)).hasSize(39);
    }
  }
}
