package io.cardea.apps.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Fingerprint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProberTest {
  private static final Fingerprint OLD = Fingerprint.of(new byte[] {1});
  private static final Fingerprint NEXT = Fingerprint.of(new byte[] {2});

  private final FakeJudge judge = new FakeJudge();
  private final Unit pump = new Unit("pump");
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Prober prober = new Prober(judge, List.of(pump), Duration.ofMinutes(1), () -> now);

  @Test
  void deviceWithOneOpenDoorOfMany_isIn() throws IOException {
    pump.held = Set.of(OLD, NEXT);
    judge.accepted = Set.of(OLD);
    prober.look();
    assertThat(prober.findings().in()).isEqualTo(1);
    assertThat(prober.findings().everOut()).isEmpty();
    assertThat(prober.findings().lockedOut()).isEmpty();
  }

  @Test
  void deviceThatNeverHeldACertificate_isNew_untilItsTokenIsRefused() throws IOException {
    prober.look();
    assertThat(prober.findings().outNow()).isEmpty();
    pump.refused = Optional.of("token-spent");
    prober.look();
    assertThat(prober.findings().lockedOut()).containsOnlyKeys("pump");
    assertThat(prober.findings().everRefused()).containsExactly("pump");
  }

  @Test
  void deviceWhoseDoorsAllClosed_isOut_andLockedOutOnceItsRetryIsRefused() throws IOException {
    in();
    judge.accepted = Set.of();
    prober.look();
    assertThat(prober.findings().everOut()).containsExactly("pump");
    assertThat(prober.findings().lockedOut()).isEmpty();
    pump.refused = Optional.of("credential-revoked");
    prober.look();
    assertThat(prober.findings().lockedOut()).containsExactly(Map.entry("pump", now));
  }

  @Test
  void deviceThatIsOutForAWholeLife_isLockedOut_whateverItHopes() throws IOException {
    in();
    judge.accepted = Set.of();
    prober.look();
    now = now.plusSeconds(59);
    prober.look();
    assertThat(prober.findings().lockedOut()).isEmpty();
    now = now.plusSeconds(1);
    prober.look();
    assertThat(prober.findings().lockedOut()).containsOnlyKeys("pump");
  }

  @Test
  void deviceThatComesBack_isStillCounted() throws IOException {
    in();
    judge.accepted = Set.of();
    pump.refused = Optional.of("credential-revoked");
    prober.look();
    pump.refused = Optional.empty();
    in();
    assertThat(prober.findings().in()).isEqualTo(1);
    assertThat(prober.findings().outNow()).isEmpty();
    assertThat(prober.findings().everOut()).containsExactly("pump");
    assertThat(prober.findings().lockedOut()).containsOnlyKeys("pump");
  }

  @Test
  void deviceThatChangesOverMeanwhile_isIn() throws IOException {
    in();
    judge.accepted = Set.of(NEXT);
    judge.before = () -> pump.held = Set.of(NEXT);
    prober.look();
    assertThat(prober.findings().in()).isEqualTo(1);
    assertThat(prober.findings().everOut()).isEmpty();
  }

  @Test
  void refusedDeviceWithAnOpenDoor_isCountedAsRefusedAlone() throws IOException {
    in();
    pump.refused = Optional.of("key-not-allowed");
    prober.look();
    assertThat(prober.findings().everRefused()).containsExactly("pump");
    assertThat(prober.findings().lockedOut()).isEmpty();
  }

  @Test
  void handshake_confirmsOrContradictsTheJudgement() throws IOException {
    in();
    pump.knock = Optional.of(new Prober.Knock(OLD, Optional.empty()));
    prober.knock();
    assertThat(prober.findings().confirmed()).isEqualTo(1);
    pump.knock = Optional.of(new Prober.Knock(OLD, Optional.of("credential-revoked")));
    prober.knock();
    assertThat(prober.findings().contradicted()).isEqualTo(1);
    pump.knock = Optional.empty();
    prober.knock();
    assertThat(prober.findings().confirmed() + prober.findings().contradicted()).isEqualTo(2);
  }

  @Test
  void wholeFleet_isJudgedInOneQuestion() throws IOException {
    List<Unit> fleet = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Unit unit = new Unit("unit-" + i);
      unit.held = Set.of(OLD);
      fleet.add(unit);
    }
    judge.accepted = Set.of(OLD);
    new Prober(judge, fleet, Duration.ofMinutes(1), () -> now).look();
    assertThat(judge.questions).isEqualTo(1);
  }

  private void in() throws IOException {
    pump.held = Set.of(OLD);
    judge.accepted = Set.of(OLD);
    prober.look();
    assertThat(prober.findings().in()).isEqualTo(1);
  }

  private static final class FakeJudge implements Prober.Judge {
    private Set<Fingerprint> accepted = Set.of();
    private Runnable before = () -> {};
    private int questions;

    @Override
    public Map<Fingerprint, Optional<String>> judge(Collection<Fingerprint> certificates) {
      questions++;
      before.run();
      Map<Fingerprint, Optional<String>> verdicts = new HashMap<>();
      for (Fingerprint certificate : certificates) {
        verdicts.put(
            certificate,
            accepted.contains(certificate) ? Optional.empty() : Optional.of("credential-revoked"));
      }
      return verdicts;
    }
  }

  private static final class Unit implements Prober.Watched {
    private final String id;
    private Set<Fingerprint> held = Set.of();
    private Optional<String> refused = Optional.empty();
    private Optional<Prober.Knock> knock = Optional.empty();

    Unit(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public Set<Fingerprint> certificates() {
      return held;
    }

    @Override
    public Optional<String> refusedForGood() {
      return refused;
    }

    @Override
    public Optional<Prober.Knock> knock() {
      return knock;
    }
  }
}
