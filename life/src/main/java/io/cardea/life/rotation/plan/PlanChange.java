package io.cardea.life.rotation.plan;

import io.cardea.life.ledger.Change;

/// Changes of plans.
public sealed interface PlanChange extends Change {
  record SavePlan(Plan plan) implements PlanChange {}

  /// The plan was tried, or applied. Stale when it is over, or not as it was seen.
  record MovePlan(Plan.State from, Plan to) implements PlanChange {}
}
