package io.cardea.life.rotation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Reason;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.MassRevocations.Extent;
import io.cardea.life.rotation.MassRevocations.Target;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Ends the trust in many devices by one order, after showing whom it would hit.
///
/// An order is carried out in batches, by whichever server holds the claim, and goes on where the
/// last one stopped. A batch that is done twice changes nothing the second time. Each credential
/// has its entry in the ledger, with the words of whoever gave the order.
public final class MassRevocation {
  private static final int BATCH = 512;

  private final MassRevocations orders;
  private final Lineages lineages;
  private final Commits commits;
  private final Rotation rotation;
  private final TrustedTime time;
  private final Runnable begun;

  /// @param begun called when an order was given: somebody is to [#work]
  public MassRevocation(
      MassRevocations orders,
      Lineages lineages,
      Commits commits,
      Rotation rotation,
      TrustedTime time,
      Runnable begun) {
    this.orders = orders;
    this.lineages = lineages;
    this.commits = commits;
    this.rotation = rotation;
    this.time = time;
    this.begun = begun;
  }

  /// What the order would come to. Changes nothing.
  public Extent preview(Selection selection, Actor actor) throws Refused {
    actor.must(Permission.REVOKE);
    return orders.extent(selection, time.instant());
  }

  /// Gives the order; it is carried out by [#work].
  ///
  /// @param atMost how many devices it may come to: what the preview showed
  /// @throws Refused CONFLICT if it comes to more
  public MassRevocationOrder begin(
      Selection selection,
      RevocationReason reason,
      Optional<Instant> since,
      String why,
      long atMost,
      Actor actor)
      throws Refused {
    return begin(selection, reason, since, why, atMost, Healthy.REVOKE, actor);
  }

  /// What becomes of a healthy device that would be left with nothing.
  public enum Healthy {
    REVOKE,
    /// It is left alone, and counted; looked at when its turn comes.
    SPARE
  }

  /// The same, with a word about healthy devices.
  public MassRevocationOrder begin(
      Selection selection,
      RevocationReason reason,
      Optional<Instant> since,
      String why,
      long atMost,
      Healthy healthy,
      Actor actor)
      throws Refused {
    actor.must(Permission.REVOKE);
    Instant now = time.instant();
    if (since.filter(now::isBefore).isPresent()) {
      throw new Refused(Refusal.REQUEST_MALFORMED, "since: " + since.get() + " (expected: past)");
    }
    Extent extent = orders.extent(selection, now);
    if (extent.devices() > atMost) {
      throw new Refused(
          Refusal.CONFLICT,
          "this comes to " + extent.devices() + " devices (expected: at most " + atMost + ")");
    }
    MassRevocationOrder order =
        new MassRevocationOrder(
            UUID.randomUUID(),
            actor.name(),
            selection,
            reason,
            since,
            Reason.checked(why),
            extent,
            now,
            Optional.empty(),
            "",
            0,
            0,
            healthy == Healthy.SPARE,
            0);
    record(
        new RotationChange.BeginMassRevocation(order),
        EntryKind.MASS_REVOCATION_BEGUN,
        order,
        now,
        Map.of(
            "reason", reason.word(),
            "devices", Long.toString(extent.devices()),
            "credentials", Long.toString(extent.credentials()),
            "why", why));
    begun.run();
    return order;
  }

  /// @throws Refused NOT_FOUND, also for an order of somebody else who acts for another part
  public MassRevocationOrder show(UUID id, Actor actor) throws Refused {
    actor.must(Permission.REVOKE);
    return orders
        .order(id)
        .filter(order -> actor.scope().isAll() || order.actor().equals(actor.name()))
        .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "mass revocation: " + id));
  }

  /// Carries out what was ordered, as long as the claim holds.
  ///
  /// @param claimed takes or extends the claim; asked before each batch
  public void work(BooleanSupplier claimed) throws Refused {
    while (claimed.getAsBoolean()) {
      List<MassRevocationOrder> waiting = orders.unfinished(1);
      if (waiting.isEmpty()) {
        return;
      }
      carryOut(waiting.getFirst(), claimed);
    }
  }

  /// Two batches are on their way at once: while one waits for its last commit, the next one keeps
  /// the writers busy. How far the order has come is told of each in its turn, so that whoever goes
  /// on with it looks at those again of which nobody knows.
  private void carryOut(MassRevocationOrder order, BooleanSupplier claimed) throws Refused {
    MassRevocationOrder now = order;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Target> batch = orders.targets(order.selection(), now.after(), BATCH);
      Optional<Running> before = Optional.empty();
      while (!batch.isEmpty() && claimed.getAsBoolean()) {
        Running running = begin(order, batch, threads);
        Future<List<Target>> next =
            threads.submit(() -> orders.targets(order.selection(), running.last(), BATCH));
        if (before.isPresent()) {
          Optional<MassRevocationOrder> after = settle(now, before.get());
          if (after.isEmpty()) {
            return; // another server goes on with it
          }
          now = after.get();
        }
        before = Optional.of(running);
        batch = result(next);
      }
      if (before.isPresent()) {
        Optional<MassRevocationOrder> after = settle(now, before.get());
        if (after.isEmpty()) {
          return;
        }
        now = after.get();
      }
      if (batch.isEmpty()) {
        end(now);
      }
    }
  }

  /// A batch on its way.
  ///
  /// @param last the device at its end
  /// @param slots each its own step; a device may have several
  private record Running(String last, long devices, List<Future<Attempt>> slots) {}

  /// Many decisions at once, so that they share commits.
  private Running begin(MassRevocationOrder order, List<Target> batch, ExecutorService threads) {
    List<Future<Attempt>> running = new ArrayList<>(batch.size());
    for (Target target : batch) {
      running.add(threads.submit(() -> revoke(order, target)));
    }
    long devices = batch.stream().map(target -> target.sighting().device().id()).distinct().count();
    return new Running(batch.getLast().sighting().device().id().value(), devices, running);
  }

  /// Waits for all of a batch, and says how far the order has come.
  ///
  /// @return empty if another server goes on with it
  private Optional<MassRevocationOrder> settle(MassRevocationOrder order, Running batch)
      throws Refused {
    long revoked = 0;
    long spared = 0;
    for (Future<Attempt> each : batch.slots()) {
      Attempt attempt = result(each);
      revoked += attempt.revoked();
      spared += attempt.spared() ? 1 : 0;
    }
    return orders.advance(order, batch.last(), batch.devices(), revoked, spared)
        ? orders.order(order.id())
        : Optional.empty();
  }

  private void end(MassRevocationOrder order) throws Refused {
    Instant now = time.instant();
    record(
        new RotationChange.EndMassRevocation(order.id(), now),
        EntryKind.MASS_REVOCATION_ENDED,
        order,
        now,
        Map.of(
            "devices", Long.toString(order.devices()),
            "credentials", Long.toString(order.credentials()),
            "spared", Long.toString(order.spared())));
  }

  private Attempt revoke(MassRevocationOrder order, Target target) throws Refused {
    SlotId slot = target.sighting().lineage().slot();
    Attempt first = attempt(order, target.sighting(), target.credentials());
    if (first.committed()) {
      return first;
    }
    return Stubborn.insist(() -> {
      Optional<Sighting> again = lineages.whole(slot);
      if (again.isEmpty()) {
        return Optional.of(new Attempt(true, 0, false));
      }
      Attempt next = attempt(order, again.get(), target.credentials());
      return next.committed() ? Optional.of(next) : Optional.empty();
    });
  }

  private record Attempt(boolean committed, long revoked, boolean spared) {}

  private Attempt attempt(
      MassRevocationOrder order, Sighting sighting, Set<CredentialId> credentials) {
    Instant now = time.instant();
    Writes writes = new Writes(sighting.lineage(), order.actor(), Optional.of(order.why()));
    for (Link link : sighting.lineage().links()) {
      if (credentials.contains(link.id())) {
        writes.apply(
            rotation,
            new Event.Revoked(
                link.id(), order.reason(), order.since().orElse(link.issuedAt()), now),
            sighting.terms());
      }
    }
    if (order.spares() && strands(sighting, writes.lineage(), now)) {
      return new Attempt(true, 0, true);
    }
    boolean committed =
        writes.isEmpty() || commits.commit(writes.decision()) instanceof Outcome.Committed;
    return new Attempt(committed, revoked(writes.lineage()) - revoked(sighting.lineage()), false);
  }

  /// Whether a device that was seen lately would go from something to nothing.
  private static boolean strands(Sighting sighting, Lineage after, Instant now) {
    Instant lately = now.minus(sighting.deviceClass().longestSilence());
    boolean healthy =
        held(sighting.lineage(), now)
            .flatMap(link -> link.lastUsedAt().stream())
            .anyMatch(used -> !used.isBefore(lately));
    return healthy && held(after, now).findAny().isEmpty();
  }

  private static Stream<Link> held(Lineage lineage, Instant now) {
    return lineage.links().stream().filter(link -> link.state().accepted() && !link.expiredAt(now));
  }

  private static long revoked(Lineage lineage) {
    return lineage.links().stream().filter(link -> link.state() == CredentialState.REVOKED).count();
  }

  private void record(
      RotationChange change,
      EntryKind kind,
      MassRevocationOrder order,
      Instant at,
      Map<String, String> facts)
      throws Refused {
    Map<String, String> all = new TreeMap<>(facts);
    all.put("order", order.id().toString());
    Entry entry = new Entry(kind, at, order.actor(), Optional.empty(), all);
    if (!(commits.commit(new Decision(List.of(change), List.of(entry)))
        instanceof Outcome.Committed)) {
      throw new Refused(Refusal.CONFLICT, "mass revocation: " + order.id());
    }
  }

  private static <T> T result(Future<T> future) throws Refused {
    try {
      return future.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Refused refused -> throw refused;
        case RuntimeException other -> throw other;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused(Refusal.STORE_UNAVAILABLE, "interrupted while revoking", e);
    }
  }
}
