package io.cardea.life.testing;

import static io.cardea.life.testing.Samples.NOON;
import static io.cardea.life.testing.Samples.after;
import static io.cardea.life.testing.Samples.credential;
import static io.cardea.life.testing.Samples.decision;
import static io.cardea.life.testing.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange.SaveAudience;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.RotationChange.MoveCredential;
import io.cardea.life.rotation.RotationChange.RecordUse;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.plan.Plan;
import io.cardea.life.rotation.plan.Plan.Impact;
import io.cardea.life.rotation.plan.Plan.Loss;
import io.cardea.life.rotation.plan.Plan.State;
import io.cardea.life.rotation.plan.PlanChange.MovePlan;
import io.cardea.life.rotation.plan.PlanChange.SavePlan;
import io.cardea.life.rotation.plan.PlannedChange;
import io.cardea.life.rotation.plan.Plans;
import io.cardea.life.secrets.Secrets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// What every store keeps of plans, and what it computes them from.
public abstract class PlanContract<
        S extends
            Commits & Ledger & Inventory & Lineages & Tokens & Freezes & Births & PendingEnrolments
                & Authorities & Revocations & Shards & MassRevocations & Secrets>
    extends SecretContract<S> {
  private static final Instant LATER = NOON.plusSeconds(600);

  protected abstract Plans plans();

  @Nested
  class Impacts {
    private Credential one;
    private Credential two;

    @BeforeEach
    void issue() {
      one = PlanContract.this.issue(0, credential("pump-1", "a", token("t"), 0));
      two = PlanContract.this.issue(0, credential("pump-2", "b", token("u"), 0));
      commit(
          Samples.step("pump-1", 1, one.id()), new RecordUse(one.id(), true, NOON.plusSeconds(9)));
    }

    private Impact impact(PlannedChange change, Instant now) {
      return plans().impact(change, now);
    }

    @Test
    void removalOfTheOnlyAuthority_strandsEachDevice_healthyOnesCounted() {
      Impact impact =
          impact(new PlannedChange.RemoveAuthority(new AuthorityId(Samples.AUTHORITY)), LATER);

      // 67.5 of 90 days are three quarters of a life.
      assertThat(impact)
          .isEqualTo(new Impact(2, List.of(new Loss("pumps", Plans.ALL_END, 68, 2, 1, "pump-1"))));
      assertThat(impact.stranded()).isEqualTo(2);
      assertThat(impact.healthy()).isEqualTo(1);
    }

    @Test
    void removalOfAnotherAuthority_isAboutNobody() {
      assertThat(impact(new PlannedChange.RemoveAuthority(new AuthorityId("other")), LATER))
          .isEqualTo(new Impact(0, List.of()));
    }

    @Test
    void deviceThatWasSilentForTooLong_isNotHealthy() {
      Impact impact =
          impact(
              new PlannedChange.RemoveAuthority(new AuthorityId(Samples.AUTHORITY)),
              NOON.plus(Duration.ofHours(37)));

      assertThat(impact.stranded()).isEqualTo(2);
      assertThat(impact.healthy()).isZero();
    }

    @Test
    void revocationOfSome_isAboutThemAlone() {
      Selection some =
          new Selection(
              Scope.ALL,
              Optional.of("pumps"),
              Optional.empty(),
              Optional.empty(),
              Map.of(),
              Optional.empty(),
              List.of(two.slot().device()));

      assertThat(impact(new PlannedChange.Revoke(some, RevocationReason.SUPERSEDED), LATER))
          .isEqualTo(new Impact(1, List.of(new Loss("pumps", Plans.ALL_END, 68, 1, 0, "pump-2"))));
    }

    @Test
    void audienceAndClass_strandNobodyWhoHoldsSomethingNewer() {
      Credential newer = PlanContract.this.issue(2, credential("pump-1", "c", after(one), 60));
      commit(
          Samples.step("pump-1", 3, newer.id()),
          new RecordUse(newer.id(), true, NOON.plusSeconds(61)),
          new MoveCredential(one.id(), CredentialState.RETIRING, NOON.plusSeconds(61)));
      commit(
          new SaveAudience(
              new Audience(
                  "broker", Audience.Kind.BROKER, true, false, Set.of("pumps"), Set.of())));

      Instant muchLater = NOON.plus(Duration.ofDays(5));
      assertThat(impact(new PlannedChange.RemoveAudience("broker"), muchLater))
          .isEqualTo(new Impact(2, List.of()));
      assertThat(
              impact(
                  new PlannedChange.ChangeClass("pumps", Duration.ofHours(1), Duration.ofDays(9)),
                  LATER.plusSeconds(7_200)))
          .isEqualTo(new Impact(2, List.of()));
    }

    @Test
    void shorterGrace_shutsTheDoorForWhoIsInIt() {
      Instant inGrace = two.notAfter().plus(Duration.ofDays(5));

      assertThat(
              impact(
                  new PlannedChange.ChangeClass("pumps", Duration.ofHours(36), Duration.ofDays(2)),
                  inGrace))
          .isEqualTo(
              new Impact(2, List.of(new Loss("pumps", Plans.GRACE_ENDS, 0, 2, 2, "pump-1"))));
      assertThat(
              impact(
                  new PlannedChange.ChangeClass("pumps", Duration.ofHours(36), Duration.ofDays(6)),
                  inGrace))
          .isEqualTo(new Impact(0, List.of()));
    }

    @Test
    void plan_isReadBackWhateverItIsAbout() {
      int number = 0;
      for (PlannedChange change :
          List.of(
              new PlannedChange.RemoveAuthority(new AuthorityId("a")),
              new PlannedChange.Revoke(Selection.issuedBy("b"), RevocationReason.KEY_COMPROMISE),
              new PlannedChange.RemoveAudience("c"),
              new PlannedChange.ChangeClass("pumps", Duration.ofHours(1), Duration.ofDays(2)))) {
        Plan plan = plan(number++, change);
        commit(new SavePlan(plan));
        assertThat(plans().plan(plan.id())).contains(plan);
      }
      assertThat(plans().plans(Optional.empty(), 10))
          .extracting(Plan::id)
          .containsExactly(new UUID(1, 3), new UUID(1, 2), new UUID(1, 1), new UUID(1, 0));
      assertThat(plans().plans(Optional.of(new UUID(1, 2)), 1))
          .extracting(Plan::id)
          .containsExactly(new UUID(1, 1));
    }

    @Test
    void plan_isMovedFromOneStateAlone() {
      Plan plan = plan(7, new PlannedChange.RemoveAudience("c"));
      commit(new SavePlan(plan));
      Plan applied =
          new Plan(
              plan.id(),
              plan.change(),
              plan.actor(),
              plan.why(),
              plan.madeAt(),
              new Impact(5, List.of()),
              State.APPLIED,
              Optional.of(LATER),
              "done");
      commit(new MovePlan(State.MADE, applied));

      assertThat(plans().plan(plan.id())).contains(applied);
      assertThat(store.commit(decision("pump-1", new MovePlan(State.MADE, applied))))
          .isEqualTo(STALE);
    }

    private static Plan plan(int number, PlannedChange change) {
      return new Plan(
          new UUID(1, number),
          change,
          "api-token:admin",
          "spring cleaning",
          NOON.plusSeconds(number),
          new Impact(
              9,
              List.of(
                  new Loss("meters", Plans.ALL_END, 3, 2, 1, "meter-1"),
                  new Loss("pumps", Plans.ALL_END, 1, 4, 0, "pump-1"))),
          State.MADE,
          Optional.empty(),
          "");
    }
  }
}
