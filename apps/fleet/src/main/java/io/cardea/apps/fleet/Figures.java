package io.cardea.apps.fleet;

import io.cardea.life.Fingerprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What one side came to: measured by the devices themselves, by its prober and by its ledger.
///
/// @param devices how many there are
/// @param enrolled how many were let in with a credential of their own
/// @param fewestRenewals of any device
/// @param renewedEnough how many devices renewed as often as a run is to show
/// @param renewals credentials that came after a first one, and were let in
/// @param answersDropped on purpose, each after the ledger showed its commit
/// @param answeredAgain how many of those were made good by the same key's certificate
/// @param doubled keys of one device for which the ledger shows a second certificate before the
///   first one's renewal
/// @param enrolTimes of each device, sorted
/// @param renewTimes of each renewal, sorted
record Figures(
    int devices,
    int enrolled,
    int fewestRenewals,
    int renewedEnough,
    int renewals,
    int answersDropped,
    int answeredAgain,
    int doubled,
    List<Duration> enrolTimes,
    List<Duration> renewTimes,
    Prober.Findings findings) {

  /// Counts without asking the ledger, for progress.
  static Figures soFar(Side side) {
    return of(side, 0);
  }

  /// Counts, and has the ledger say whether any retry was given a second certificate.
  static Figures whole(Side side) {
    int doubled = 0;
    LedgerView ledger = side.ledger();
    for (Device device : side.fleet().devices()) {
      doubled += doubled(device, ledger);
    }
    return of(side, doubled);
  }

  /// A key whose answer was lost must have one certificate: the retry is answered with that.
  private static int doubled(Device device, LedgerView ledger) {
    Set<Fingerprint> lost = new HashSet<>();
    for (Diary.Moment moment : device.diary().moments()) {
      if (moment instanceof Diary.Lost(_, var attempt, _)) {
        lost.add(attempt.key());
      }
    }
    if (lost.isEmpty()) {
      return 0;
    }
    Map<Fingerprint, Long> issued = ledger.certificates(device.id());
    return (int) lost.stream().filter(key -> issued.getOrDefault(key, 0L) > 1).count();
  }

  private static Figures of(Side side, int doubled) {
    int enrolled = 0;
    int fewest = Integer.MAX_VALUE;
    int enough = 0;
    int renewals = 0;
    int dropped = 0;
    int again = 0;
    List<Duration> enrolTimes = new ArrayList<>();
    List<Duration> renewTimes = new ArrayList<>();
    List<Device> devices = side.fleet().devices();
    for (Device device : devices) {
      Diary.Measured measured = device.diary().measured();
      if (measured.enrolled().isPresent()) {
        enrolled++;
        enrolTimes.add(measured.enrolled().get());
      }
      fewest = Math.min(fewest, measured.renewed());
      enough += measured.renewed() >= DemoPlan.RENEWALS ? 1 : 0;
      renewals += measured.renewed();
      renewTimes.addAll(measured.renewals());
      dropped += measured.answersLost();
      again += measured.answeredAgain();
    }
    enrolTimes.sort(Duration::compareTo);
    renewTimes.sort(Duration::compareTo);
    return new Figures(
        devices.size(),
        enrolled,
        fewest,
        enough,
        renewals,
        dropped,
        again,
        doubled,
        List.copyOf(enrolTimes),
        List.copyOf(renewTimes),
        side.findings());
  }

  int lockedOut() {
    return findings.lockedOut().size();
  }

  /// Whether every device got through a whole story.
  boolean complete() {
    return enrolled == devices && renewedEnough == devices;
  }

  static Optional<Duration> middle(List<Duration> sorted) {
    return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.get((sorted.size() - 1) / 2));
  }

  static Optional<Duration> longest(List<Duration> sorted) {
    return sorted.isEmpty() ? Optional.empty() : Optional.of(sorted.getLast());
  }
}
