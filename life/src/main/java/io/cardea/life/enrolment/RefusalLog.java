package io.cardea.life.enrolment;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Remembers refusals: each one counts; in the ledger one a minute for each known device and code,
/// so that nobody fills our disk by being refused.
public final class RefusalLog {
  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final int REMEMBERED = 16_384;

  private final Commits commits;
  private final Counter counter;
  private final Map<Subject, Instant> recorded = new LinkedHashMap<>(64, 0.75f, true);

  /// Counts a refusal, in whatever metrics there are.
  @FunctionalInterface
  public interface Counter {
    void count(Refusal refusal, String protocol);
  }

  private record Subject(DeviceId device, Refusal refusal) {}

  public RefusalLog(Commits commits, Counter counter) {
    this.commits = commits;
    this.counter = counter;
  }

  /// Notes a refusal. The caller is refused whether or not this can be recorded.
  public void note(Optional<DeviceId> device, Refusal refusal, String protocol, Instant at) {
    counter.count(refusal, protocol);
    if (device.isEmpty() || refusal.fault() == Refusal.Fault.SERVER) {
      return;
    }
    if (!due(new Subject(device.get(), refusal), at)) {
      return;
    }
    try {
      commits.commit(
          new Decision(
              List.of(),
              List.of(
                  Entry.about(
                      device.get().value(),
                      EntryKind.REQUEST_REFUSED,
                      at,
                      "device:" + device.get(),
                      Map.of("code", refusal.code(), "protocol", protocol)))));
    } catch (StoreFailure failure) {
      // The refusal stands and was counted; the store's absence is alarmed where it is noticed.
      forget(new Subject(device.get(), refusal));
    }
  }

  private synchronized boolean due(Subject subject, Instant at) {
    Instant last = recorded.get(subject);
    if (last != null && Duration.between(last, at).compareTo(QUIET) < 0) {
      return false;
    }
    recorded.put(subject, at);
    if (recorded.size() > REMEMBERED) {
      recorded.remove(recorded.keySet().iterator().next());
    }
    return true;
  }

  private synchronized void forget(Subject subject) {
    recorded.remove(subject);
  }
}
