package io.cardea.life.testing;

import io.cardea.life.Fingerprint;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Link;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Cuts the least neighbourhood that [Lineage] allows out of a whole lineage.
public final class Neighbourhood {
  private final Lineage whole;
  private final Set<CredentialId> kept = new HashSet<>();

  private Neighbourhood(Lineage whole) {
    this.whole = whole;
  }

  public static Lineage of(
      Lineage whole, Optional<CredentialId> presented, Optional<Fingerprint> wantedKey) {
    Neighbourhood neighbourhood = new Neighbourhood(whole);
    presented.flatMap(whole::link).ifPresent(neighbourhood::keep);
    whole.uses().forEach(use -> whole.link(use).ifPresent(neighbourhood::keep));
    whole.reports().seen().values().stream()
        .flatMap(seen -> whole.link(seen).stream())
        .forEach(neighbourhood::keep);
    List<Link> newestFirst = whole.links().reversed();
    newestFirst.stream()
        .filter(link -> link.state().accepted())
        .findFirst()
        .ifPresent(neighbourhood::keep);
    newestFirst.stream()
        .filter(link -> wantedKey.filter(link.key()::equals).isPresent())
        .limit(Lineage.NEIGHBOURHOOD)
        .forEach(neighbourhood::keep);
    return neighbourhood.lineage();
  }

  private void keep(Link link) {
    Optional<Link> next = Optional.of(link);
    for (int step = 0; step <= Lineage.NEIGHBOURHOOD && next.isPresent(); step++) {
      kept.add(next.get().id());
      next = next.get().parent().flatMap(whole::link);
    }
  }

  private Lineage lineage() {
    List<Link> links = new ArrayList<>();
    for (Link link : whole.links()) {
      if (kept.contains(link.id())) {
        links.add(link);
      }
    }
    return new Lineage(
        whole.slot(),
        whole.version(),
        links,
        whole.uses(),
        whole.forkedAt(),
        whole.pace(),
        whole.reports());
  }
}
