package io.cardea.apps.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.inventory.DeviceId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReloadHookTest {
  private static final DeviceId DEVICE = new DeviceId("pump-0001");

  private static HookRun run(ReloadHook hook) {
    return HookRun.of(hook, DEVICE, Path.of("/device"), Path.of("/device/gen-0001"));
  }

  @Test
  void hook_findsThePathsInItsEnvironment() {
    HookRun run =
        run(
            new ReloadHook(
                List.of("sh", "-c", "echo $CARDEA_DEVICE $CARDEA_CERT $CARDEA_KEY $CARDEA_CA")));

    assertThat(run)
        .isEqualTo(
            new HookRun(
                0, "pump-0001 /device/gen-0001/cert.pem /device/gen-0001/key.pem /device/ca.pem"));
  }

  @Test
  void arguments_areNotReadByAShell() {
    assertThat(run(new ReloadHook(List.of("echo", "$HOME; exit 3"))))
        .isEqualTo(new HookRun(0, "$HOME; exit 3"));
  }

  @Test
  void hookThatTakesTooLong_isKilledWithItsChildren() {
    HookRun run =
        run(new ReloadHook(List.of("sh", "-c", "sleep 60 & sleep 60"), Duration.ofMillis(200)));

    assertThat(run.exit()).isEqualTo(-1);
    assertThat(run.output()).contains("killed");
  }

  @Test
  void longOutput_isBounded() {
    HookRun run = run(new ReloadHook(List.of("sh", "-c", "yes | head -c 1000000; exit 7")));

    assertThat(run.exit()).isEqualTo(7);
    assertThat(run.output()).hasSizeLessThanOrEqualTo(4096).startsWith("y\ny");
  }

  @Test
  void programThatIsNotThere_isAFailureAndNoMore() {
    assertThat(run(new ReloadHook(List.of("/nonexistent/program"))).exit()).isEqualTo(-1);
  }

  @Test
  void hook_runsOncePerConfirmationAndNotAgainAfterARestart() throws Exception {
    TestDevice device =
        new TestDevice(21, settings -> settings.withHook(new ReloadHook(List.of("true"))));

    device.untilConfirmed(2);
    device.until(() -> reloads(device).size() == 2);
    device.restart();
    device.untilConfirmed(3);
    device.until(() -> reloads(device).size() >= 3);

    assertThat(reloads(device))
        .extracting(AgentEvent.Reloaded::generation)
        .containsExactly(1, 2, 3);
  }

  @Test
  void hookThatFailed_isRunAgain() throws Exception {
    TestDevice device =
        new TestDevice(22, settings -> settings.withHook(new ReloadHook(List.of("false"))));

    device.untilConfirmed(1);
    device.until(() -> reloads(device).size() >= 3);

    assertThat(reloads(device)).allSatisfy(r -> assertThat(r.exit()).isEqualTo(1));
  }

  @Test
  void powerCutBeforeTheHook_makesUpForIt() throws Exception {
    TestDevice device =
        new TestDevice(23, settings -> settings.withHook(new ReloadHook(List.of("true"))));
    device.untilConfirmed(1);
    assertThat(reloads(device)).isEmpty();

    device.powerCut(new java.util.Random(1));

    device.until(() -> reloads(device).size() == 1);
  }

  private static List<AgentEvent.Reloaded> reloads(TestDevice device) {
    return device.happened(AgentEvent.Reloaded.class);
  }
}
