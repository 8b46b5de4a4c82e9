package io.cardea.apps.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.protocols.est.client.Declined;
import io.cardea.protocols.est.client.Later;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A device's life in a world without a network, by the rules of rotation.
class AgentLifeTest {
  private static final Duration LIFE = FakeServer.LIFE;

  @Test
  void device_enrolsProvesAndRenewsInItsWindow() throws Exception {
    TestDevice device = new TestDevice(1);

    assertThat(device.untilConfirmed(1)).isZero();
    for (int generation = 2; generation <= 6; generation++) {
      assertThat(device.untilConfirmed(generation))
          .isBetween(LIFE.dividedBy(2), LIFE.multipliedBy(7).dividedBy(10).plusSeconds(5));
    }

    assertThat(device.server.issued()).isEqualTo(6);
    assertThat(device.server.violations).isEmpty();
  }

  @Test
  void generationsOnTheDisk_areBounded() throws Exception {
    TestDevice device = new TestDevice(2);

    for (int generation = 1; generation <= 12; generation++) {
      device.untilConfirmed(generation);
      assertThat(device.disk.list(TestDevice.DIRECTORY))
          .filteredOn(name -> name.startsWith("gen-"))
          .hasSizeLessThanOrEqualTo(2);
    }
    assertThat(device.agent.held()).extracting(Generation::number).containsExactly(12, 11);
  }

  @ParameterizedTest
  @EnumSource(
      value = FakeServer.Mishap.class,
      names = {"REQUEST_LOST", "ANSWER_LOST"})
  void lostExchange_isRepeatedWithTheSameKey(FakeServer.Mishap mishap) throws Exception {
    TestDevice device = new TestDevice(3);

    for (int generation = 1; generation <= 4; generation++) {
      // Twice at the enrolment or renewal, then twice at the proof.
      device.server.mishaps.addAll(List.of(mishap, mishap, FakeServer.Mishap.NONE, mishap, mishap));
      device.untilConfirmed(generation);
      assertThat(device.server.mishaps).isEmpty();
    }

    assertThat(device.server.issued()).isEqualTo(4);
    assertThat(device.server.keys).hasSize(4);
    assertThat(device.server.violations).isEmpty();
    assertThat(device.happened(AgentEvent.AnswerLost.class)).hasSize(16);
  }

  @Nested
  class Outage {
    @Test
    void longOutage_isWaitedOutWithBoundedPatience() throws Exception {
      TestDevice device = new TestDevice(4);
      device.untilConfirmed(1);
      device.server.down = true;

      Instant renewalIsDue = device.server.now.plus(LIFE.multipliedBy(7).dividedBy(10));
      device.until(() -> device.server.now.isAfter(renewalIsDue));
      device.server.down = false;

      assertThat(lost(device)).isBetween(15, 150);
      assertThat(device.untilConfirmed(2)).isLessThanOrEqualTo(LIFE.dividedBy(10));
      assertThat(device.server.issued()).isEqualTo(2);
    }

    @Test
    void waits_growAndDiffer() throws Exception {
      TestDevice device = new TestDevice(5);
      device.server.down = true;
      List<Duration> waits = new java.util.ArrayList<>();
      for (int i = 0; i < 15; i++) {
        Duration pause = device.agent.step();
        waits.add(pause);
        device.pass(pause);
      }

      assertThat(waits).doesNotHaveDuplicates();
      assertThat(waits.getFirst()).isLessThanOrEqualTo(Duration.ofSeconds(1));
      assertThat(waits).allSatisfy(w -> assertThat(w).isLessThanOrEqualTo(Duration.ofMinutes(15)));
      assertThat(waits.subList(10, 15))
          .anySatisfy(w -> assertThat(w).isGreaterThan(Duration.ofMinutes(1)));
    }

    @Test
    void retryAfter_isNotCutShort() throws Exception {
      TestDevice device = new TestDevice(6);
      device.server.postponements.add(new Later(Duration.ofMinutes(7), "store-unavailable"));

      assertThat(device.untilConfirmed(1))
          .isBetween(Duration.ofMinutes(7), Duration.ofMinutes(7).plusSeconds(50));
    }

    @Test
    void absurdRetryAfter_isNotObeyed() throws Exception {
      TestDevice device = new TestDevice(7);
      device.untilConfirmed(1);
      device.until(() -> device.happened(AgentEvent.Planned.class).size() == 1);
      device.pass(LIFE.multipliedBy(6).dividedBy(10));
      device.server.postponements.add(new Later(Duration.ofDays(7), ""));

      device.untilConfirmed(2);

      assertThat(device.agent.shown()).isPresent();
      assertThat(device.server.now).isBefore(TestDevice.START.plus(LIFE));
    }

    private static int lost(TestDevice device) {
      return device.happened(AgentEvent.AnswerLost.class).size();
    }
  }

  @Nested
  class Clock {
    @ParameterizedTest
    @ValueSource(ints = {-3650, 3650})
    void clockTenYearsOff_changesNothing(int days) throws Exception {
      TestDevice device = new TestDevice(8);
      device.clockError.set(Duration.ofDays(days));

      device.untilConfirmed(1);
      device.restart();

      assertThat(device.untilConfirmed(2))
          .isBetween(LIFE.dividedBy(2), LIFE.multipliedBy(7).dividedBy(10).plusSeconds(5));
    }

    @Test
    void clockThatSteps_makesTheDeviceAskAndNoMore() throws Exception {
      TestDevice device = new TestDevice(9);
      device.untilConfirmed(1);
      device.until(() -> asked(device) >= 1);
      device.agent.step();
      int before = asked(device);

      device.clockError.set(Duration.ofDays(-3650));
      device.agent.step();

      assertThat(asked(device)).isEqualTo(before + 1);
      assertThat(device.untilConfirmed(2)).isGreaterThan(LIFE.multipliedBy(4).dividedBy(10));
      assertThat(device.server.issued()).isEqualTo(2);
    }

    @Test
    void withoutWindow_twoThirdsOfTheLifeDecide() throws Exception {
      TestDevice device = new TestDevice(10);
      device.server.withoutWindow = true;
      device.clockError.set(Duration.ofDays(3650));

      device.untilConfirmed(1);

      assertThat(device.untilConfirmed(2))
          .isBetween(LIFE.multipliedBy(6).dividedBy(10), LIFE.multipliedBy(7).dividedBy(10));
    }

    @ParameterizedTest
    @ValueSource(ints = {-3650, 3650})
    void withoutWindowAndClockAfterARestart_renewsEarlyRatherThanLate(int days) throws Exception {
      TestDevice device = new TestDevice(11);
      device.server.withoutWindow = true;
      device.untilConfirmed(1);
      device.clockError.set(Duration.ofDays(days));
      device.restart();

      assertThat(device.untilConfirmed(2)).isLessThan(Duration.ofHours(1));
      // And then it saw the certificate arrive, so it does not renew for ever.
      assertThat(device.untilConfirmed(3)).isGreaterThan(LIFE.dividedBy(2));
    }

    private static int asked(TestDevice device) {
      return (int) device.server.exchanges.stream().filter("window"::equals).count();
    }
  }

  @Nested
  class Refused {
    @Test
    void newCredentialThatIsRefused_leavesTheOldOneInUse() throws Exception {
      TestDevice device = new TestDevice(12);
      device.untilConfirmed(1);
      device.until(() -> device.happened(AgentEvent.Stored.class).size() == 2);
      device.server.refusals.add(new Declined(403, "credential-revoked", ""));

      device.until(() -> !device.happened(AgentEvent.GivenUp.class).isEmpty());
      device.restart();

      assertThat(device.agent.held().getLast().identity())
          .isEqualTo(device.agent.shown().orElseThrow());
      device.untilConfirmed(2);
      assertThat(device.happened(AgentEvent.Confirmed.class).getLast().generation()).isEqualTo(3);
      assertThat(device.server.violations).isEmpty();
    }

    @Test
    void refusalWithoutCode_costsNoCredential() throws Exception {
      TestDevice device = new TestDevice(13);
      device.untilConfirmed(1);
      device.until(() -> device.happened(AgentEvent.Stored.class).size() == 2);
      device.server.refusals.add(new Declined(403, "", "blocked by a proxy"));
      device.server.refusals.add(new Declined(502, "", ""));

      device.untilConfirmed(2);

      assertThat(device.happened(AgentEvent.GivenUp.class)).isEmpty();
      assertThat(device.happened(AgentEvent.Confirmed.class).getLast().generation()).isEqualTo(2);
    }

    @Test
    void usedCredential_isShownAgainAfterARestartAndNotTheOlder() throws Exception {
      TestDevice device = new TestDevice(14);
      device.untilConfirmed(1);
      device.until(() -> device.happened(AgentEvent.Stored.class).size() == 2);
      device.server.mishaps.add(FakeServer.Mishap.ANSWER_LOST);
      device.agent.step();
      device.restart();

      device.untilConfirmed(2);

      assertThat(device.server.violations).isEmpty();
      assertThat(device.happened(AgentEvent.GivenUp.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-of-other-device", "key-compromised"})
    void badKey_isReplacedByAFreshOne(String code) throws Exception {
      TestDevice device = new TestDevice(15);
      device.server.refusals.add(new Declined(403, code, ""));

      device.untilConfirmed(1);

      assertThat(
              device.happened(AgentEvent.Attempted.class).stream()
                  .filter(a -> a.operation() == Operation.ENROL)
                  .map(AgentEvent.Attempted::key)
                  .distinct())
          .hasSize(2);
    }

    @Test
    void everyCredentialRefused_isRecoveredWithAToken() throws Exception {
      TestDevice device = new TestDevice(16);
      device.untilConfirmed(2);
      device.agent.held().forEach(g -> device.server.revoke(g.certificate()));
      device.token.set("token-2");
      device.server.token(TestDevice.ID, "token-2");

      device.untilConfirmed(3);

      assertThat(device.server.accepts(device.agent.shown().orElseThrow().certificate())).isTrue();
      assertThat(device.happened(AgentEvent.NeedsHelp.class)).isEmpty();
    }

    @Test
    void everyCredentialAndTokenRefused_asksForHelpOnceAndTakesAFreshToken() throws Exception {
      TestDevice device = new TestDevice(17);
      device.untilConfirmed(2);
      device.agent.held().forEach(g -> device.server.revoke(g.certificate()));
      device.until(() -> !device.happened(AgentEvent.NeedsHelp.class).isEmpty());
      int asked = device.server.exchanges.size();
      for (int seconds = 0; seconds < 3600; seconds += 10) {
        device.agent.step();
        device.pass(Duration.ofSeconds(10));
      }
      assertThat(device.happened(AgentEvent.NeedsHelp.class)).hasSize(1);
      assertThat(device.server.exchanges.size() - asked).isLessThan(10);

      device.token.set("token-2");
      device.server.token(TestDevice.ID, "token-2");

      assertThat(device.untilConfirmed(3)).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void serverThatChangesItsMind_findsTheDeviceAgain() throws Exception {
      TestDevice device = new TestDevice(18);
      device.untilConfirmed(2);
      for (int i = 0; i < 3; i++) {
        // The newest, the one before, the token: all refused, by a server on the wrong database.
        device.server.refusals.add(
            new Declined(403, i < 2 ? "credential-unknown" : "token-invalid", ""));
      }
      device.until(() -> !device.happened(AgentEvent.NeedsHelp.class).isEmpty());

      device.untilConfirmed(3);

      assertThat(device.server.violations).isEmpty();
    }

    @Test
    void withoutAnyWayIn_waitsForAToken() throws Exception {
      TestDevice device = new TestDevice(19);
      device.token.set(null);
      for (int i = 0; i < 20; i++) {
        device.pass(device.agent.step());
      }
      assertThat(device.server.exchanges).isEmpty();
      assertThat(device.happened(AgentEvent.NeedsHelp.class)).hasSize(1);

      device.token.set("token-1");

      assertThat(device.untilConfirmed(1)).isLessThanOrEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void credentialThatExpiredBeforeItsProof_isRenewedWithinItsGrace() throws Exception {
      TestDevice device = new TestDevice(20);
      device.server.grace = Duration.ofDays(30);
      device.untilConfirmed(1);
      device.until(() -> device.happened(AgentEvent.Stored.class).size() == 2);
      device.pass(LIFE.multipliedBy(3));
      device.restart();

      device.untilConfirmed(2);

      assertThat(device.happened(AgentEvent.Confirmed.class).getLast().generation()).isEqualTo(3);
      assertThat(device.happened(AgentEvent.GivenUp.class)).isEmpty();
    }
  }
}
