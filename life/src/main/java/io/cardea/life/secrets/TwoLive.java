package io.cardea.life.secrets;

import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RenewalWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// API keys: two live at a time, the one in use and its successor.
///
/// A third waits until the first of the two has ended. It is let through all the same where waiting
/// could leave the holder with none: when the newer one was not taken into use for a tenth of its
/// life (its answer was lost, and so is the secret), or is due for renewal itself.
final class TwoLive {
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

  private TwoLive() {}

  /// How long a third has to wait, if it has to.
  static Optional<Duration> rest(Lineage lineage, Instant now) {
    List<Link> live =
        lineage.links().stream()
            .filter(link -> link.state().accepted() && !link.expiredAt(now))
            .toList();
    if (live.size() < 2) {
      return Optional.empty();
    }
    Link newest = live.getLast();
    Instant until =
        newest.provenAt().isEmpty()
            ? newest.issuedAt().plus(newest.life().dividedBy(10))
            : RenewalWindow.of(newest).renewalPoint();
    if (!now.isBefore(until)) {
      return Optional.empty();
    }
    Duration wait = Duration.between(now, until);
    Duration quarter = Duration.between(now, newest.notAfter()).dividedBy(4);
    Duration shorter = wait.compareTo(quarter) < 0 ? wait : quarter;
    return Optional.of(shorter.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : shorter);
  }
}
