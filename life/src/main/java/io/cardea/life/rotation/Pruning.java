package io.cardea.life.rotation;

import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.CrlEntries;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Serial;
import io.cardea.life.rotation.Lineages.Expired;
import io.cardea.life.rotation.Lineages.Listing;
import io.cardea.life.rotation.Lineages.Place;
import io.cardea.life.rotation.RotationChange.Pruned;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// Removes credentials that expired, once the grace of their class is over and nobody can renew by
/// them any more, and some time after that. Their keys stay bound to their devices (R8), and the
/// ledger tells of them as before.
///
/// Guarantees that no rule answers otherwise for it. What stays: the youngest of each slot; the
/// last three uses, and all of a forked lineage, which a fork is seen by (R7); whatever descends
/// from one that is there, since a compromise takes descendants along (R8); what a revocation list
/// names, or has yet to name once after its expiry (RFC 5280 §3.3).
///
/// It goes through what has expired in passes, batch by batch, each one decision. Two that do the
/// same at once do no harm: a row is removed once, and the later decision is stale.
public final class Pruning {
  /// How many credentials are looked at in one batch.
  public static final int BATCH = 1_000;

  private final Lineages lineages;
  private final Revocations revocations;
  private final Commits commits;
  private final TrustedTime time;
  private final Duration keep;
  private final Observer observer;

  private Place place = Place.FIRST;

  /// Is told what was done.
  public interface Observer {
    Observer NONE = (_, _) -> {};

    /// A batch was looked at.
    ///
    /// @param pruned how many of it were removed
    /// @param overdue how long the first of those had been due; zero if there was none
    void looked(int pruned, Duration overdue);
  }

  /// @param keep how long after the grace of its class an expired credential stays
  public Pruning(
      Lineages lineages,
      Revocations revocations,
      Commits commits,
      TrustedTime time,
      Duration keep,
      Observer observer) {
    this.lineages = lineages;
    this.revocations = revocations;
    this.commits = commits;
    this.time = time;
    this.keep = keep;
    this.observer = observer;
  }

  /// Goes on with a pass, batch by batch, as long as it may.
  ///
  /// @param may is asked before each batch: for the claim, for instance
  /// @return whether the pass is at its end; the next call begins another one
  public boolean work(BooleanSupplier may) {
    while (may.getAsBoolean() && time.trusted()) {
      Instant now = time.instant();
      List<Expired> batch = lineages.expired(place, now.minus(keep), BATCH);
      prune(batch, now);
      boolean last = batch.size() < BATCH;
      place = last ? Place.FIRST : batch.getLast().place();
      if (last) {
        return true;
      }
    }
    return false;
  }

  private Instant due(Expired each) {
    return each.place().notAfter().plus(each.grace()).plus(keep);
  }

  private void prune(List<Expired> batch, Instant now) {
    Lists lists = new Lists(revocations);
    Set<CredentialId> gone = new HashSet<>();
    List<Pruned> pruned = new ArrayList<>();
    Optional<Expired> first = Optional.empty();
    Optional<Expired> last = Optional.empty();
    for (Expired each : batch) {
      boolean goes =
          now.isAfter(due(each))
              && isUnneeded(each)
              && each.parent().map(gone::contains).orElse(true)
              && each.listing().map(listing -> lists.isThrough(listing, each.place())).orElse(true);
      if (goes) {
        gone.add(each.place().credential());
        pruned.add(
            new Pruned(
                each.place().credential(),
                each.state(),
                each.listing()
                    .map(its -> OptionalLong.of(its.position()))
                    .orElseGet(OptionalLong::empty)));
        first = first.isPresent() ? first : Optional.of(each);
        last = Optional.of(each);
      }
    }
    if (pruned.isEmpty()) {
      observer.looked(0, Duration.ZERO);
      return;
    }
    Entry entry =
        new Entry(
            EntryKind.CREDENTIAL_PRUNED,
            now,
            Actor.SERVER.name(),
            Optional.empty(),
            Map.of(
                "credentials", Integer.toString(pruned.size()),
                "first-not-after", first.orElseThrow().place().notAfter().toString(),
                "last-not-after", last.orElseThrow().place().notAfter().toString()));
    Outcome outcome =
        commits.commit(
            new Decision(List.of(new RotationChange.PruneCredentials(pruned)), List.of(entry)));
    // Somebody was quicker, with these or with one of them: the next pass sees what is left.
    observer.looked(
        outcome instanceof Outcome.Committed ? pruned.size() : 0,
        Duration.between(due(first.get()), now));
  }

  /// Of an expired credential no rule asks anything but these. One that expired while it was
  /// retiring counts as retired (R6), once the timer of its class has said so.
  private static boolean isUnneeded(Expired each) {
    return each.followed()
        && !each.used()
        && !each.forked()
        && !(each.retires() && each.state() == CredentialState.RETIRING);
  }

  /// The newest revocation lists, each read once in a batch.
  private static final class Lists {
    private final Revocations revocations;
    private final Map<List<Object>, Optional<Listed>> lists = new HashMap<>();
    private final Map<List<Object>, Set<Serial>> serials = new HashMap<>();

    Lists(Revocations revocations) {
      this.revocations = revocations;
    }

    /// Whether the list is done with the credential: it was made after the expiry, knows of the
    /// revocation, and names it no more.
    boolean isThrough(Listing listing, Place place) {
      List<Object> name = List.of(listing.authority(), listing.shard());
      Optional<Listed> list =
          lists.computeIfAbsent(name, _ -> newest(listing.authority(), listing.shard()));
      return list.isPresent()
          && list.get().thisUpdate().isAfter(place.notAfter())
          && listing.position() <= list.get().through()
          && !serials
              .computeIfAbsent(name, _ -> new HashSet<>(CrlEntries.of(list.get().der()).serials()))
              .contains(listing.serial());
    }

    private Optional<Listed> newest(AuthorityId authority, int shard) {
      return revocations.shard(authority, shard).flatMap(Revocations.Shard::list);
    }
  }
}
