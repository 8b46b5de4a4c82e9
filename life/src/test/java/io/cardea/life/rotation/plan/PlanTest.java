package io.cardea.life.rotation.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Answer;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.AuthorityDesk;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.pki.MemoryAuthorityKeys;
import io.cardea.life.pki.PkiChange;
import io.cardea.life.pki.PublicUrls;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.plan.Plan.State;
import io.cardea.life.testing.FirstDay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlanTest {
  private final FirstDay day = new FirstDay();
  private final MemoryAuthorityKeys keys = new MemoryAuthorityKeys(day.crypto);
  private final PublicUrls urls = PublicUrls.of("http://pki.example.com");
  private final PlanDesk desk =
      new PlanDesk(
          day.store.plans(),
          day.store,
          day.store,
          new AuthoritySuccession(
              day.store,
              keys,
              day.crypto,
              urls,
              new AuthorityDesk(day.store, day.store, keys, day.crypto, urls, day.time, () -> {})),
          day.massRevocation,
          new AudienceDesk(day.store, day.store, day.time),
          day.registry,
          day.store,
          day.time);
  private final byte[] one;

  PlanTest() throws Refused {
    day.store.commit(
        new Decision(
            List.of(new PkiChange.SaveAuthority(day.issuing)),
            List.of(
                new Entry(
                    EntryKind.AUTHORITY_CREATED,
                    day.time.instant(),
                    "server",
                    Optional.empty(),
                    Map.of()))));
    one = enrolled("pump-1");
    enrolled("pump-2");
  }

  private byte[] enrolled(String device) throws Refused {
    byte[] certificate =
        ((Answer.Issued) day.enrol(device, day.tokenFor(device), day.key())).certificate();
    day.access.use(Fingerprint.of(certificate));
    return certificate;
  }

  private static PlannedChange revokeAll() {
    return new PlannedChange.Revoke(
        new Selection(
            Scope.ALL,
            Optional.of("device"),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            List.of()),
        RevocationReason.SUPERSEDED);
  }

  private long accepted() {
    return List.of("pump-1", "pump-2").stream()
        .flatMap(id -> day.store.credentialsOf(new DeviceId(id), 10).stream())
        .filter(each -> each.state().accepted())
        .count();
  }

  private MassRevocationOrder order(Plan applied) throws Refused {
    day.massRevocation.work(() -> true);
    String id = applied.outcome().substring(applied.outcome().lastIndexOf(' ') + 1);
    return day.massRevocation.show(UUID.fromString(id), FirstDay.ADMIN);
  }

  private long entries(EntryKind kind) {
    return day.store.after(0, 1_000).stream().filter(entry -> entry.kind() == kind).count();
  }

  @Test
  void plan_saysWhoWouldHoldNothing_andChangesNothing() throws Refused {
    Plan plan = desk.make(revokeAll(), "spring cleaning", FirstDay.ADMIN);

    assertThat(plan.impact().devices()).isEqualTo(2);
    assertThat(plan.impact().healthy()).isEqualTo(2);
    assertThat(plan.impact().losses()).extracting(Plan.Loss::example).containsExactly("pump-1");
    assertThat(PlanDesk.order(plan)).last().asString().startsWith("cardea plan apply");
    assertThat(PlanDesk.order(plan)).hasSize(2);
    assertThat(accepted()).isEqualTo(2);
    assertThat(desk.show(plan.id(), FirstDay.ADMIN)).isEqualTo(plan);
    assertThat(entries(EntryKind.PLAN_MADE)).isEqualTo(1);
  }

  @Test
  void planThatStrandsAHealthyDevice_isRefusedAndChangesNothing() throws Refused {
    Plan plan = desk.make(revokeAll(), "spring cleaning", FirstDay.ADMIN);

    assertThatThrownBy(() -> desk.apply(plan.id(), Optional.empty(), FirstDay.ADMIN))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.refusal()).isEqualTo(Refusal.PLAN_STRANDS_DEVICES))
        .hasMessageContaining("2 healthy devices")
        .hasMessageContaining("pump-1");
    day.massRevocation.work(() -> true);
    assertThat(accepted()).isEqualTo(2);
    assertThat(desk.show(plan.id(), FirstDay.ADMIN).state()).isEqualTo(State.REFUSED);
  }

  @Test
  void override_needsAReason_andIsRemembered() throws Refused {
    Plan plan = desk.make(revokeAll(), "spring cleaning", FirstDay.ADMIN);
    assertThatThrownBy(() -> desk.apply(plan.id(), Optional.of(" "), FirstDay.ADMIN))
        .isInstanceOf(Refused.class);

    Plan applied = desk.apply(plan.id(), Optional.of("the vendor says so"), FirstDay.ADMIN);

    assertThat(applied.state()).isEqualTo(State.OVERRIDDEN);
    MassRevocationOrder order = order(applied);
    assertThat(order.credentials()).isEqualTo(2);
    assertThat(order.spared()).isZero();
    assertThat(accepted()).isZero();
    assertThat(entries(EntryKind.PLAN_OVERRIDDEN)).isEqualTo(1);
    // Once more: the same answer, and no second order.
    assertThat(desk.apply(plan.id(), Optional.of("again"), FirstDay.ADMIN)).isEqualTo(applied);
    assertThat(entries(EntryKind.MASS_REVOCATION_BEGUN)).isEqualTo(1);
  }

  @Test
  void planOverDevicesThatAreSilent_isApplied() throws Refused {
    Plan plan = desk.make(revokeAll(), "spring cleaning", FirstDay.ADMIN);
    day.time.pass(Duration.ofHours(9));
    // Their class may be silent for a day; with an hour, these two are not healthy any more.
    day.registry.saveClass(
        day.store.deviceClass("device").orElseThrow().with(Duration.ofHours(1), Duration.ofDays(7)),
        FirstDay.ADMIN);

    Plan applied = desk.apply(plan.id(), Optional.empty(), FirstDay.ADMIN);

    assertThat(applied.state()).isEqualTo(State.APPLIED);
    assertThat(order(applied).credentials()).isEqualTo(2);
  }

  @Test
  void deviceThatHasBecomeHealthyMeanwhile_isSpared() throws Refused {
    day.registry.saveClass(
        day.store.deviceClass("device").orElseThrow().with(Duration.ofHours(1), Duration.ofDays(7)),
        FirstDay.ADMIN);
    Plan plan = desk.make(revokeAll(), "spring cleaning", FirstDay.ADMIN);
    day.time.pass(Duration.ofHours(2));
    Plan applied = desk.apply(plan.id(), Optional.empty(), FirstDay.ADMIN);
    // Between the plan and its turn, one of them shows itself.
    day.access.use(Fingerprint.of(one));

    MassRevocationOrder order = order(applied);

    assertThat(order.spared()).isEqualTo(1);
    assertThat(order.credentials()).isEqualTo(1);
    assertThat(accepted()).isEqualTo(1);
    assertThat(day.access.wouldUse(Fingerprint.of(one)).toString()).contains("Admitted");
  }

  @Test
  void removalOfTheOnlyAuthority_isRefused() throws Refused {
    Plan plan =
        desk.make(new PlannedChange.RemoveAuthority(day.issuing.id()), "new CA", FirstDay.ADMIN);

    assertThat(plan.impact().healthy()).isEqualTo(2);
    assertThat(PlanDesk.order(plan))
        .anyMatch(step -> step.contains("campaign begin --authority " + day.issuing.id().value()));
    assertThatThrownBy(() -> desk.apply(plan.id(), Optional.empty(), FirstDay.ADMIN))
        .hasMessageContaining("2 healthy devices");
  }

  @Test
  void changeOfNothingThatIsThere_isRefused() {
    for (PlannedChange change :
        List.of(
            new PlannedChange.RemoveAuthority(new AuthorityId("nobody")),
            new PlannedChange.RemoveAudience("nobody"),
            new PlannedChange.ChangeClass("nobody", Duration.ofDays(1), Duration.ofDays(1)))) {
      assertThatThrownBy(() -> desk.make(change, "x", FirstDay.ADMIN))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(Refusal.NOT_FOUND));
    }
  }

  @Test
  void classChange_isApplied() throws Refused {
    Plan plan =
        desk.make(
            new PlannedChange.ChangeClass("device", Duration.ofHours(5), Duration.ofDays(2)),
            "new radio",
            FirstDay.ADMIN);

    desk.apply(plan.id(), Optional.empty(), FirstDay.ADMIN);

    assertThat(day.store.deviceClass("device").orElseThrow().longestSilence())
        .isEqualTo(Duration.ofHours(5));
    assertThat(day.store.deviceClass("device").orElseThrow().grace()).isEqualTo(Duration.ofDays(2));
  }

  @Test
  void whoMayNotCertify_mayNotPlanIt() {
    Actor operator = new Actor("api-token:op", Role.FLEET_OPERATOR, Scope.ALL);

    assertThatThrownBy(() -> desk.make(new PlannedChange.RemoveAudience("a"), "x", operator))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.refusal()).isEqualTo(Refusal.FORBIDDEN));
  }
}
