package io.cardea.life.rotation.plan;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.AudienceDesk;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.inventory.Registry;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.rotation.MassRevocation;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.plan.Plan.Impact;
import io.cardea.life.rotation.plan.Plan.State;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Computes what a dangerous change would do to each device, and applies it only while no healthy
/// device would be left with nothing (P1), or with a reason to override.
///
/// What is applied is looked at again for each device when its turn comes: a device that has become
/// the exception meanwhile is spared, and counted.
public final class PlanDesk {
  private final Plans plans;
  private final Inventory inventory;
  private final Authorities authorities;
  private final AuthoritySuccession succession;
  private final MassRevocation massRevocation;
  private final AudienceDesk audiences;
  private final Registry registry;
  private final Commits commits;
  private final InstantSource time;

  public PlanDesk(
      Plans plans,
      Inventory inventory,
      Authorities authorities,
      AuthoritySuccession succession,
      MassRevocation massRevocation,
      AudienceDesk audiences,
      Registry registry,
      Commits commits,
      InstantSource time) {
    this.plans = plans;
    this.inventory = inventory;
    this.authorities = authorities;
    this.succession = succession;
    this.massRevocation = massRevocation;
    this.audiences = audiences;
    this.registry = registry;
    this.commits = commits;
    this.time = time;
  }

  /// Computes a plan and keeps it. Changes nothing else.
  public Plan make(PlannedChange change, String why, Actor actor) throws Refused {
    permitted(change, actor);
    known(change);
    Instant now = time.instant();
    Plan plan =
        new Plan(
            UUID.randomUUID(),
            change,
            actor.name(),
            Reason.checked(why),
            now,
            plans.impact(change, now),
            State.MADE,
            Optional.empty(),
            "");
    record(new PlanChange.SavePlan(plan), EntryKind.PLAN_MADE, plan, actor, now, Map.of());
    return plan;
  }

  public List<Plan> list(Optional<UUID> before, int limit, Actor actor) throws Refused {
    actor.must(Permission.AUDIT);
    return plans.plans(before, limit);
  }

  public Plan show(UUID id, Actor actor) throws Refused {
    actor.must(Permission.AUDIT);
    return found(id);
  }

  /// Applies a plan, after another look at every device. Applying it again changes nothing.
  ///
  /// @param override the reason for which healthy devices may be left with nothing
  /// @throws Refused with [Refusal#PLAN_STRANDS_DEVICES] while a healthy device would be, without a
  ///   reason
  public Plan apply(UUID id, Optional<String> override, Actor actor) throws Refused {
    Plan plan = found(id);
    permitted(plan.change(), actor);
    if (plan.state().over()) {
      return plan;
    }
    Instant now = time.instant();
    Impact impact = plans.impact(plan.change(), now);
    if (impact.healthy() > 0 && override.isEmpty()) {
      String why = impact.healthy() + " healthy devices would hold nothing";
      move(plan, plan.in(State.REFUSED, impact, now, why), EntryKind.PLAN_REFUSED, actor, Map.of());
      throw new Refused(Refusal.PLAN_STRANDS_DEVICES, why + ", for instance " + example(impact));
    }
    if (override.isPresent()) {
      Reason.checked(override.get());
    }
    boolean overridden = impact.healthy() > 0;
    String outcome = carryOut(plan, overridden, actor);
    Plan applied = plan.in(overridden ? State.OVERRIDDEN : State.APPLIED, impact, now, outcome);
    move(
        plan,
        applied,
        overridden ? EntryKind.PLAN_OVERRIDDEN : EntryKind.PLAN_APPLIED,
        actor,
        overridden ? Map.of("override", override.orElseThrow()) : Map.of());
    return applied;
  }

  /// The steps after which the plan can be applied without harm.
  public static List<String> order(Plan plan) {
    List<String> steps = new ArrayList<>();
    if (plan.impact().healthy() > 0) {
      steps.addAll(before(plan));
    }
    if (!plan.state().over()) {
      steps.add("cardea plan apply " + plan.id());
    }
    return steps;
  }

  private static List<String> before(Plan plan) {
    return switch (plan.change()) {
      case PlannedChange.RemoveAuthority(var authority) ->
          List.of(
              "cardea ca rekey or create: another authority for the profiles that this one serves",
              "cardea campaign begin --authority "
                  + authority.value()
                  + " --cause authority --comment 'plan "
                  + plan.id()
                  + "' --follow",
              "wait until the campaign is done; cardea campaign devices ID --standing late names who is"
                  + " not");
      case PlannedChange.Revoke(var selection, var reason) ->
          selection.authority().isPresent()
              ? List.of(
                  "cardea campaign begin --authority "
                      + selection.authority().get()
                      + " --cause authority --comment 'plan "
                      + plan.id()
                      + "' --follow")
              : List.of(
                  "everything that these devices hold would be revoked ("
                      + reason.word()
                      + "): give each a second proof first (cardea token create DEVICE)");
      case PlannedChange.RemoveAudience _, PlannedChange.ChangeClass _ ->
          List.of("wait until these devices have used what they were issued last");
    };
  }

  private String carryOut(Plan plan, boolean overridden, Actor actor) throws Refused {
    return switch (plan.change()) {
      case PlannedChange.RemoveAuthority(var authority) -> {
        var _ = succession.retire(authority.value(), actor);
        yield ordered(
            Selection.issuedBy(authority.value()),
            RevocationReason.CESSATION_OF_OPERATION,
            plan,
            overridden,
            actor);
      }
      case PlannedChange.Revoke(var selection, var reason) ->
          ordered(selection, reason, plan, overridden, actor);
      case PlannedChange.RemoveAudience(var audience) -> {
        audiences.remove(audience, plan.why(), actor);
        yield "audience " + audience + " was removed";
      }
      case PlannedChange.ChangeClass(var name, var longestSilence, var grace) -> {
        registry.saveClass(deviceClass(name).with(longestSilence, grace), actor);
        yield "class " + name + " was changed";
      }
    };
  }

  private String ordered(
      Selection selection, RevocationReason reason, Plan plan, boolean overridden, Actor actor)
      throws Refused {
    MassRevocationOrder order =
        massRevocation.begin(
            selection,
            reason,
            Optional.empty(),
            plan.why(),
            Long.MAX_VALUE,
            overridden ? MassRevocation.Healthy.REVOKE : MassRevocation.Healthy.SPARE,
            actor);
    return "cardea device revocation " + order.id();
  }

  private static void permitted(PlannedChange change, Actor actor) throws Refused {
    switch (change) {
      case PlannedChange.Revoke _ -> actor.must(Permission.REVOKE);
      case PlannedChange.RemoveAuthority _,
          PlannedChange.RemoveAudience _,
          PlannedChange.ChangeClass _ -> {
        actor.must(Permission.CERTIFY);
      }
    }
  }

  private void known(PlannedChange change) throws Refused {
    switch (change) {
      case PlannedChange.RemoveAuthority(var id) -> requireIssuing(id);
      case PlannedChange.Revoke _ -> {}
      case PlannedChange.RemoveAudience(var name) -> {
        if (inventory.audiences().stream().noneMatch(each -> each.name().equals(name))) {
          throw new Refused(Refusal.NOT_FOUND, "audience: " + name);
        }
      }
      case PlannedChange.ChangeClass change1 -> {
        DeviceClass _ = deviceClass(change1.deviceClass());
      }
    }
  }

  private void requireIssuing(AuthorityId id) throws Refused {
    Authority authority =
        authorities.authorities().stream()
            .filter(each -> each.id().equals(id))
            .findFirst()
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "authority: " + id.value()));
    if (authority.kind() != Authority.Kind.ISSUING) {
      throw new Refused(
          Refusal.CONFLICT,
          "authority: " + id.value() + " is a root (expected: each of its issuing ones, first)");
    }
  }

  private DeviceClass deviceClass(String name) throws Refused {
    return inventory
        .deviceClass(name)
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "device class: " + name));
  }

  private Plan found(UUID id) throws Refused {
    return plans.plan(id).orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "plan: " + id));
  }

  private static String example(Impact impact) {
    return impact.losses().stream()
        .filter(loss -> loss.healthy() > 0)
        .findFirst()
        .map(Plan.Loss::example)
        .orElse("");
  }

  private void move(Plan from, Plan to, EntryKind kind, Actor actor, Map<String, String> facts)
      throws Refused {
    record(new PlanChange.MovePlan(from.state(), to), kind, to, actor, time.instant(), facts);
  }

  private void record(
      PlanChange change,
      EntryKind kind,
      Plan plan,
      Actor actor,
      Instant at,
      Map<String, String> facts)
      throws Refused {
    Map<String, String> all = new TreeMap<>(facts);
    all.put("plan", plan.id().toString());
    all.put("change", plan.change().word());
    all.put("subject", plan.change().subject());
    all.put("devices", Long.toString(plan.impact().devices()));
    all.put("stranded", Long.toString(plan.impact().stranded()));
    all.put("healthy", Long.toString(plan.impact().healthy()));
    all.put("why", plan.why());
    Entry entry = new Entry(kind, at, actor.name(), Optional.empty(), all);
    if (!(commits.commit(new Decision(List.of(change), List.of(entry)))
        instanceof Outcome.Committed)) {
      throw new Refused(Refusal.CONFLICT, "plan: " + plan.id() + " was applied meanwhile");
    }
  }
}
