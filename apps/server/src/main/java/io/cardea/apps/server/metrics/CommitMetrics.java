package io.cardea.apps.server.metrics;

import io.cardea.platform.store.StoreListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/// The numbers of the store's groups: how many decisions share a commit, and how long it takes.
final class CommitMetrics implements StoreListener {
  private final Timer waits;
  private final Timer commits;
  private final DistributionSummary groups;
  private final Counter rejected;
  private final Counter failed;
  private final Timer reads;
  private final DistributionSummary readGroups;

  CommitMetrics(
      Timer waits,
      Timer commits,
      DistributionSummary groups,
      Counter rejected,
      Counter failed,
      Timer reads,
      DistributionSummary readGroups) {
    this.waits = waits;
    this.commits = commits;
    this.groups = groups;
    this.rejected = rejected;
    this.failed = failed;
    this.reads = reads;
    this.readGroups = readGroups;
  }

  @Override
  public void committed(int decisions, long waitedNanos, long tookNanos) {
    groups.record(decisions);
    waits.record(waitedNanos, TimeUnit.NANOSECONDS);
    commits.record(tookNanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void rejected(int decisions) {
    rejected.increment(decisions);
  }

  @Override
  public void failed(int decisions) {
    failed.increment(decisions);
  }

  @Override
  public void read(int lineages, long waitedNanos, long tookNanos) {
    readGroups.record(lineages);
    reads.record(waitedNanos + tookNanos, TimeUnit.NANOSECONDS);
  }
}
