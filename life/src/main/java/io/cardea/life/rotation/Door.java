package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.DeviceClass.OnFork;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a lineage opens to a credential at one moment.
record Door(Lineage lineage, Terms terms, Instant at) {

  /// Why the credential gives no access, if it gives none.
  Optional<Refusal> access(Link link) {
    return closed(link, Duration.ZERO);
  }

  /// Why the credential renews nothing, if so: grace is for renewal, not for access (R6).
  Optional<Refusal> renewal(Link link) {
    return closed(link, terms.grace());
  }

  boolean accepts(Link link) {
    return access(link).isEmpty();
  }

  /// R3: silence ends the overlap of a retiring credential, in classes that can recover from it,
  /// once nobody depends on it any more: no open session, and no audience that has yet to see a
  /// newer one. Nobody depends on it beyond its expiry.
  boolean overlapIsOver(Link link) {
    return link.state() == CredentialState.RETIRING
        && terms.retires()
        && !at.isBefore(link.overlapEnds(terms.overlap()))
        && (link.expiredAt(at) || !isNeeded(link));
  }

  private boolean isNeeded(Link link) {
    return lineage.reports().inSession().contains(link.id())
        || terms.reporting().stream().anyMatch(audience -> !leftBehind(link, audience));
  }

  /// Whether the audience has seen a descendant that is proven, or descends from one that is.
  private boolean leftBehind(Link link, String audience) {
    Optional<Link> seen = lineage.reports().seenBy(audience).flatMap(lineage::link);
    if (seen.isEmpty()) {
      return false;
    }
    boolean proven = seen.get().provenAt().isPresent();
    for (Link ancestor : Ancestry.above(lineage, seen.get())) {
      if (ancestor.id().equals(link.id())) {
        return proven;
      }
      proven |= ancestor.provenAt().isPresent();
    }
    return false;
  }

  private Optional<Refusal> closed(Link link, Duration grace) {
    return switch (link.state()) {
      case REVOKED -> Optional.of(Refusal.CREDENTIAL_REVOKED);
      case RETIRED -> Optional.of(Refusal.CREDENTIAL_RETIRED);
      // R6: one that expired while retiring counts as retired, and has no grace.
      case RETIRING ->
          overlapIsOver(link) || link.expiredAt(at)
              ? Optional.of(Refusal.CREDENTIAL_RETIRED)
              : closedByFork(link);
      case STAGED, CURRENT ->
          at.isAfter(link.notAfter().plus(grace))
              ? Optional.of(Refusal.CREDENTIAL_EXPIRED)
              : closedByFork(link);
    };
  }

  /// R7: in a class that asks for it, a fork leaves the recovery door alone open. What came through
  /// it, a branch that began with a token after the fork was declared, is let in; the next fork of
  /// the two copies is not seen until this one is settled.
  Optional<Refusal> closedByFork(Link link) {
    return lineage.forkedAt().isEmpty()
            || terms.onFork() == OnFork.ALARM
            || cameByRecovery(link, lineage.forkedAt().get())
        ? Optional.empty()
        : Optional.of(Refusal.LINEAGE_FORKED);
  }

  private boolean cameByRecovery(Link link, Instant forkedAt) {
    List<Link> above = Ancestry.above(lineage, link);
    Link root = above.isEmpty() ? link : above.getLast();
    // Further up than is looked, and all of it issued since: what a fork has closed renews nothing.
    boolean beginsWithProof = root.parent().isEmpty() || above.size() == Lineage.NEIGHBOURHOOD;
    return beginsWithProof && !root.issuedAt().isBefore(forkedAt);
  }
}
