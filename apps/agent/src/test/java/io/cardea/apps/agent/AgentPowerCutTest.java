package io.cardea.apps.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.cardea.protocols.est.client.ClientIdentity;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The power fails once at every step that changes the disk, in a life of an enrolment and two
/// renewals. The server retires each ancestor at once, so a device that comes back with the wrong
/// one is locked out.
class AgentPowerCutTest {
  private static final int GENERATIONS = 3;
  private static final List<FakeServer.Mishap> MISHAPS = List.of(FakeServer.Mishap.values());

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void powerCutAtEveryStep_leavesAUsableCredential(long seed) throws Exception {
    int cuts = 0;
    for (int step = 1; live(seed, step, false); step++) {
      cuts++;
    }
    assertThat(cuts).isGreaterThan(50);
  }

  @Test
  void powerCutAtEveryStepWhileAnswersAreLost_leavesAUsableCredential() throws Exception {
    int cuts = 0;
    for (int step = 1; live(7, step, true); step++) {
      cuts++;
    }
    assertThat(cuts).isGreaterThan(50);
  }

  @Test
  void failureOfEveryStep_isSurvivedWithoutARestart() throws Exception {
    TestDevice untouched = new TestDevice(5);
    untouched.untilInUse(GENERATIONS);
    for (int step = 1; step <= untouched.disk.steps(); step++) {
      TestDevice device = new TestDevice(5);
      device.disk.diskFailsAt(step);
      device.untilInUse(GENERATIONS);
      assertThat(device.server.violations).isEmpty();
      assertThat(device.server.issued()).as("step %s", step).isEqualTo(GENERATIONS);
    }
  }

  /// @return false when the life was over before the power failed
  private static boolean live(long seed, int step, boolean losing) throws Exception {
    Random chance = new Random(seed * 10_007 + step);
    TestDevice device = new TestDevice(seed);
    if (losing) {
      for (int i = 0; i < 40; i++) {
        device.server.mishaps.add(MISHAPS.get(chance.nextInt(MISHAPS.size())));
      }
    }
    device.disk.powerFailsAt(step);
    boolean cut = false;
    try {
      device.untilInUse(GENERATIONS);
    } catch (MemoryDisk.PowerCut e) {
      cut = true;
      int confirmed = device.confirmed();
      device.powerCut(chance);
      if (confirmed > 0) {
        ClientIdentity shown = device.agent.shown().orElseThrow();
        assertThat(device.server.accepts(shown.certificate())).as("step %s", step).isTrue();
      }
    }
    assertThatCode(() -> device.untilInUse(GENERATIONS))
        .as("step %s", step)
        .doesNotThrowAnyException();
    assertThat(device.happened(AgentEvent.GivenUp.class)).as("step %s", step).isEmpty();
    assertThat(device.server.violations).as("step %s", step).isEmpty();
    // The same key gets the same answer, so neither a cut nor a loss costs a certificate.
    assertThat(device.server.keys).as("step %s", step).hasSize(GENERATIONS);
    assertThat(device.server.issued()).as("step %s", step).isEqualTo(GENERATIONS);
    return cut;
  }
}
