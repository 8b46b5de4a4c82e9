package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.rotation.RandomStory.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Watches a slot from outside and says by itself whom it must let in: slow, obvious, and without a
/// look at the states that the product keeps.
final class Witness {
  private final Map<CredentialId, Link> issued = new HashMap<>();
  private final Map<CredentialId, Instant> descendantProven = new HashMap<>();
  private final Map<CredentialId, Instant> lastUse = new HashMap<>();
  private final Set<CredentialId> proven = new HashSet<>();
  private final Map<String, CredentialId> furthestSeen = new HashMap<>();
  private final Set<CredentialId> ended = new HashSet<>();
  private Set<CredentialId> inSession = Set.of();
  private final Set<CredentialId> revoked = new HashSet<>();
  private Optional<Instant> forkedAt = Optional.empty();

  /// @param sessions by which credentials a session is open
  boolean mustAccept(CredentialId id, Terms terms, Instant at, Set<CredentialId> sessions) {
    inSession = sessions;
    Link link = issued.get(id);
    return link != null
        && !revoked.contains(id)
        && !at.isAfter(link.notAfter())
        && !retired(id, terms, at)
        && !closedByFork(link, terms);
  }

  Set<CredentialId> revoked() {
    return revoked;
  }

  void see(Step step) {
    Instant at = step.event().at();
    inSession = step.before().reports().inSession();
    judgedNow(step)
        .filter(id -> issued.containsKey(id) && retired(id, step.terms(), at))
        .ifPresent(ended::add);
    switch (step.event()) {
      case Event.Issued(var link, _) -> issued.put(link.id(), link);
      case Event.Used(var id, _) -> {
        if (step.transition().verdict() instanceof Verdict.Accept) {
          used(id, at);
        }
      }
      case Event.Seen seen -> {
        if (step.transition().verdict() instanceof Verdict.Accept) {
          seen(seen);
        }
      }
      case Event.Requested _, Event.OverlapEnded _, Event.Revoked _, Event.Settled _ -> {}
    }
    for (Effect effect : step.transition().effects()) {
      if (effect instanceof Effect.RevokedFor gone) {
        revoked.add(gone.credential());
      }
    }
    forkedAt = step.transition().next().forkedAt();
  }

  /// Whose end, if its time is over, is written down by this event: nothing brings it back then.
  private static Optional<CredentialId> judgedNow(Step step) {
    return switch (step.event()) {
      case Event.Used(var id, _) -> Optional.of(id);
      case Event.Seen seen ->
          step.terms().reporting().contains(seen.audience())
              ? Optional.of(seen.credential())
              : Optional.empty();
      case Event.OverlapEnded(var id, _) -> Optional.of(id);
      case Event.Requested _, Event.Issued _, Event.Revoked _, Event.Settled _ -> Optional.empty();
    };
  }

  private void seen(Event.Seen seen) {
    CredentialId id = seen.credential();
    if (seen.weight() != Event.Weight.PROLONGS) {
      used(id, seen.at());
    } else if (proven.contains(id) || descendantProven.containsKey(id)) {
      lastUse.put(id, seen.at());
    }
    CredentialId furthest = furthestSeen.get(seen.audience());
    if (furthest == null || !way(furthest).contains(id)) {
      furthestSeen.put(seen.audience(), id);
    }
  }

  /// The credential and all above it, as far as anybody looks.
  private List<CredentialId> way(CredentialId from) {
    List<CredentialId> way = new ArrayList<>(List.of(from));
    Optional<CredentialId> above = known(from).parent();
    for (int step = 0; step < Lineage.NEIGHBOURHOOD && above.isPresent(); step++) {
      way.add(above.get());
      above = known(above.get()).parent();
    }
    return way;
  }

  private boolean leftBehind(String audience, CredentialId id) {
    CredentialId furthest = furthestSeen.get(audience);
    if (furthest == null) {
      return false;
    }
    List<CredentialId> way = way(furthest);
    int place = way.indexOf(id);
    return place > 0 && way.subList(0, place).stream().anyMatch(proven::contains);
  }

  private void used(CredentialId id, Instant at) {
    lastUse.put(id, at);
    if (descendantProven.containsKey(id) || !proven.add(id)) {
      return;
    }
    Optional<CredentialId> above = known(id).parent();
    for (int step = 0; step < Lineage.NEIGHBOURHOOD && above.isPresent(); step++) {
      descendantProven.putIfAbsent(above.get(), at);
      above = known(above.get()).parent();
    }
  }

  private boolean retired(CredentialId id, Terms terms, Instant at) {
    Instant since = descendantProven.get(id);
    if (ended.contains(id)) {
      return true;
    }
    if (since == null || !terms.retires()) {
      return false;
    }
    Instant used = lastUse.getOrDefault(id, since);
    boolean needed =
        inSession.contains(id)
            || terms.reporting().stream().anyMatch(audience -> !leftBehind(audience, id));
    return !at.isBefore((used.isAfter(since) ? used : since).plus(terms.overlap()))
        && (!needed || at.isAfter(known(id).notAfter()));
  }

  private boolean closedByFork(Link link, Terms terms) {
    if (forkedAt.isEmpty() || terms.onFork() == OnFork.ALARM) {
      return false;
    }
    Link root = link;
    for (int step = 0; step < Lineage.NEIGHBOURHOOD && root.parent().isPresent(); step++) {
      root = known(root.parent().get());
    }
    return root.issuedAt().isBefore(forkedAt.get())
        || (!(root.predecessor() instanceof Predecessor.EnrolmentToken)
            && link.generation() < Lineage.NEIGHBOURHOOD);
  }

  private Link known(CredentialId id) {
    return Objects.requireNonNull(issued.get(id));
  }
}
