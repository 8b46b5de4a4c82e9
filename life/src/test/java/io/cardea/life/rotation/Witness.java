package io.cardea.life.rotation;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceClass.OnFork;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.rotation.RandomStory.Step;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
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
  private final Set<CredentialId> revoked = new HashSet<>();
  private Optional<Instant> forkedAt = Optional.empty();

  boolean mustAccept(CredentialId id, Terms terms, Instant at) {
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
    switch (step.event()) {
      case Event.Issued(var link, _) -> issued.put(link.id(), link);
      case Event.Used(var id, _) -> {
        if (step.transition().verdict() instanceof Verdict.Accept) {
          used(id, at);
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
    if (since == null || !terms.retires()) {
      return false;
    }
    Instant used = lastUse.getOrDefault(id, since);
    return !at.isBefore((used.isAfter(since) ? used : since).plus(terms.overlap()));
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
