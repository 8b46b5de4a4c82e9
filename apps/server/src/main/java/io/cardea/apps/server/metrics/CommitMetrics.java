package io.cardea.apps.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/// The numbers of the store's groups: how many decisions share a commit, and how long it takes.
public final class CommitMetrics {
  private final DistributionSummary groups;
  private final Timer waits;
  private final Timer commits;
  private final Counter rejected;
  private final Counter failed;
  private final DistributionSummary readGroups;
  private final Timer reads;

  CommitMetrics(Metrics metrics) {
    groups =
        metrics.summary(
            "cardea.commit.decisions",
            "Decisions that shared one database commit",
            1,
            2,
            4,
            8,
            16,
            32,
            64,
            128);
    waits = metrics.timer("cardea.commit.wait", "Time until the first of a group was taken up");
    commits = metrics.timer("cardea.commit", "Time of a database transaction, its commit included");
    rejected =
        metrics.counter("cardea.commit.rejected", "Decisions that lost against another writer");
    failed = metrics.counter("cardea.commit.failed", "Decisions whose transaction failed");
    readGroups =
        metrics.summary(
            "cardea.read.lineages", "Lineages that shared one query", 1, 2, 4, 8, 16, 32, 64, 128);
    reads = metrics.timer("cardea.read", "Time of a query of lineages");
  }

  public void committed(int decisions, long waitedNanos, long tookNanos) {
    groups.record(decisions);
    waits.record(waitedNanos, TimeUnit.NANOSECONDS);
    commits.record(tookNanos, TimeUnit.NANOSECONDS);
  }

  public void rejected(int decisions) {
    rejected.increment(decisions);
  }

  public void failed(int decisions) {
    failed.increment(decisions);
  }

  public void read(int lineages, long waitedNanos, long tookNanos) {
    readGroups.record(lineages);
    reads.record(waitedNanos + tookNanos, TimeUnit.NANOSECONDS);
  }
}
