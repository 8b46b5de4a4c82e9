package io.cardea.life.rotation.plan;

import io.cardea.life.rotation.plan.Plan.Impact;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What is kept of plans, and what they are computed from.
public interface Plans {
  /// The causes of a loss, as the store tells them.
  String ALL_END = "every credential that it holds would end";

  String OVERLAP_ENDS = "an older credential that it still uses would end";
  String GRACE_ENDS = "its expired credential would renew nothing any more";

  /// What the change would do, were it applied now. Goes through every device that it is about, in
  /// the database.
  Impact impact(PlannedChange change, Instant now);

  Optional<Plan> plan(UUID id);

  /// Newest first, at most `limit`.
  List<Plan> plans(Optional<UUID> before, int limit);
}
