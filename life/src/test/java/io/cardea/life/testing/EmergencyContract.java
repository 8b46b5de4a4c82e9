package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.decision;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.emergency.Emergencies;
import io.cardea.life.rotation.emergency.Emergency;
import io.cardea.life.rotation.emergency.Emergency.State;
import io.cardea.life.rotation.emergency.Emergency.Target;
import io.cardea.life.rotation.emergency.EmergencyChange.BeginEmergency;
import io.cardea.life.rotation.emergency.EmergencyChange.StepEmergency;
import io.cardea.life.secrets.Secrets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What every store keeps of emergencies.
public abstract class EmergencyContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards & MassRevocations & Secrets>
    extends PlanContract<S> {
  protected abstract Emergencies emergencies();

  private static Emergency emergency(
      int number, Target target, Optional<UUID> order, State state, Optional<Instant> endedAt) {
    return new Emergency(
        new UUID(3, number),
        target,
        Optional.of(NOON.minusSeconds(60)),
        "the HSM was opened",
        "api-token:admin",
        NOON.plusSeconds(number),
        Optional.of(NOON.plusSeconds(3_600)),
        Optional.of(new UUID(4, number)),
        order,
        order.isPresent() ? 7 : 0,
        order.isPresent(),
        state,
        endedAt);
  }

  @Nested
  class Kept {
    private final Emergency first =
        emergency(
            1,
            new Target.OfAuthority(new AuthorityId("issuing")),
            Optional.empty(),
            State.RUNNING,
            Optional.empty());
    private final Emergency second =
        emergency(
            2,
            new Target.OfDevices(
                new Selection(
                    Scope.ALL,
                    Optional.of("pumps"),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of("batch", "7"),
                    Optional.empty(),
                    List.of())),
            Optional.empty(),
            State.RUNNING,
            Optional.empty());

    @Test
    void emergency_isReadBack_newestFirst() {
      commit(new BeginEmergency(first), new BeginEmergency(second));

      assertThat(emergencies().emergency(first.id())).contains(first);
      assertThat(emergencies().emergency(second.id())).contains(second);
      assertThat(emergencies().emergencies(Optional.empty(), 10)).containsExactly(second, first);
      assertThat(emergencies().emergencies(Optional.of(second.id()), 10)).containsExactly(first);
      assertThat(emergencies().runningEmergencies()).containsExactly(first, second);
    }

    @Test
    void step_isFromTheOrderThatWasSeen_andNoneAfterTheEnd() {
      commit(new BeginEmergency(first));
      Optional<UUID> order = Optional.of(new UUID(5, 5));
      Emergency ordered = emergency(1, first.target(), order, State.RUNNING, Optional.empty());
      commit(new StepEmergency(Optional.empty(), ordered));

      assertThat(emergencies().emergency(first.id())).contains(ordered);
      assertThat(store.commit(decision("pump-1", new StepEmergency(Optional.empty(), ordered))))
          .isEqualTo(STALE);
      Emergency safe =
          emergency(1, first.target(), order, State.SAFE, Optional.of(NOON.plusSeconds(99)));
      commit(new StepEmergency(order, safe));
      assertThat(emergencies().emergency(first.id())).contains(safe);
      assertThat(emergencies().runningEmergencies()).isEmpty();
      assertThat(store.commit(decision("pump-1", new StepEmergency(order, safe)))).isEqualTo(STALE);
    }
  }
}
