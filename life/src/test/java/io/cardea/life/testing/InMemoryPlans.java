package io.cardea.life.testing;

import static java.util.Objects.requireNonNull;

import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.plan.Plan;
import io.cardea.life.rotation.plan.Plan.Impact;
import io.cardea.life.rotation.plan.Plan.Loss;
import io.cardea.life.rotation.plan.PlannedChange;
import io.cardea.life.rotation.plan.Plans;
import io.cardea.life.testing.InMemoryTables.CredentialRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Plans in memory, under the lock of the store whose devices they are about.
public final class InMemoryPlans implements Plans {
  private final InMemoryStore lock;
  private final InMemoryTables tables;

  InMemoryPlans(InMemoryStore lock, InMemoryTables tables) {
    this.lock = lock;
    this.tables = tables;
  }

  @Override
  public Optional<Plan> plan(UUID id) {
    synchronized (lock) {
      return Optional.ofNullable(tables.plans.get(id));
    }
  }

  @Override
  public List<Plan> plans(Optional<UUID> before, int limit) {
    synchronized (lock) {
      List<Plan> all =
          tables.plans.values().stream()
              .sorted(Comparator.comparing(Plan::madeAt).thenComparing(Plan::id).reversed())
              .toList();
      int from = before.map(id -> all.stream().map(Plan::id).toList().indexOf(id) + 1).orElse(0);
      return all.subList(from, Math.min(all.size(), from + limit));
    }
  }

  @Override
  public Impact impact(PlannedChange change, Instant now) {
    synchronized (lock) {
      return switch (change) {
        case PlannedChange.RemoveAuthority(var authority) ->
            ending(Selection.issuedBy(authority.value()), now);
        case PlannedChange.Revoke(var selection, var _) -> ending(selection, now);
        case PlannedChange.RemoveAudience(var audience) ->
            grouped(
                device ->
                    requireNonNull(tables.audiences.get(audience))
                        .classes()
                        .contains(device.deviceClass()),
                _ -> true,
                row -> overlapIsOver(row, deviceClass(row).longestSilence(), now),
                OVERLAP_ENDS,
                now);
        case PlannedChange.ChangeClass(var name, var longestSilence, var grace) -> {
          Impact overlaps =
              grouped(
                  device -> device.deviceClass().equals(name),
                  _ -> true,
                  row -> overlapIsOver(row, longestSilence, now),
                  OVERLAP_ENDS,
                  now);
          List<Loss> losses = new ArrayList<>(overlaps.losses());
          List<Device> shut =
              tables.devices.values().stream()
                  .filter(device -> device.deviceClass().equals(name))
                  .filter(device -> isShut(device, grace, now))
                  .toList();
          if (!shut.isEmpty()) {
            losses.add(
                new Loss(
                    name, GRACE_ENDS, 0, shut.size(), shut.size(), shut.getFirst().id().value()));
          }
          yield new Impact(overlaps.devices() + shut.size(), losses);
        }
      };
    }
  }

  private Impact ending(Selection selection, Instant now) {
    Predicate<CredentialRow> meant =
        row -> selection.authority().map(row.credential().authority()::equals).orElse(true);
    return grouped(device -> InMemoryStore.selects(selection, device), meant, meant, ALL_END, now);
  }

  private record Group(String deviceClass, int days) {}

  private Impact grouped(
      Predicate<Device> devices,
      Predicate<CredentialRow> about,
      Predicate<CredentialRow> ends,
      String cause,
      Instant now) {
    Map<Group, Loss> losses =
        new TreeMap<>(Comparator.comparing(Group::deviceClass).thenComparingInt(Group::days));
    long all = 0;
    for (Device device : tables.devices.values()) {
      List<CredentialRow> held =
          rows(device)
              .filter(row -> row.credential().state().accepted())
              .filter(row -> row.credential().notAfter().isAfter(now))
              .toList();
      if (!devices.test(device) || held.stream().noneMatch(about)) {
        continue;
      }
      all++;
      if (held.stream().allMatch(ends)) {
        boolean healthy = held.stream().anyMatch(row -> isLately(row, now));
        Group group =
            new Group(
                device.deviceClass(),
                held.stream().mapToInt(row -> days(row, now)).max().orElse(0));
        losses.merge(
            group,
            new Loss(
                group.deviceClass(), cause, group.days(), 1, healthy ? 1 : 0, device.id().value()),
            InMemoryPlans::together);
      }
    }
    return new Impact(all, List.copyOf(losses.values()));
  }

  private static Loss together(Loss one, Loss other) {
    return new Loss(
        one.deviceClass(),
        one.cause(),
        one.days(),
        one.devices() + other.devices(),
        one.healthy() + other.healthy(),
        one.healthy() == 0 && other.healthy() > 0 ? other.example() : one.example());
  }

  private Stream<CredentialRow> rows(Device device) {
    return tables.credentials.values().stream()
        .filter(row -> row.credential().slot().equals(SlotId.operational(device.id())));
  }

  private DeviceClass deviceClass(CredentialRow row) {
    Device device = requireNonNull(tables.devices.get(row.credential().slot().device()));
    return requireNonNull(tables.classes.get(device.deviceClass()));
  }

  private boolean isLately(CredentialRow row, Instant now) {
    Instant lately = now.minus(deviceClass(row).longestSilence());
    return row.credential().lastUsedAt().filter(used -> !used.isBefore(lately)).isPresent();
  }

  private boolean overlapIsOver(CredentialRow row, Duration overlap, Instant now) {
    Instant used = row.credential().lastUsedAt().orElse(row.since());
    Instant from = used.isAfter(row.since()) ? used : row.since();
    return row.credential().state() == CredentialState.RETIRING
        && deviceClass(row).keepsRecoveryToken()
        && !from.plus(overlap).isAfter(now);
  }

  private boolean isShut(Device device, Duration grace, Instant now) {
    Optional<Instant> ended =
        rows(device)
            .map(CredentialRow::credential)
            .filter(each ->
                each.state() == CredentialState.STAGED || each.state() == CredentialState.CURRENT)
            .map(Credential::notAfter)
            .max(Comparator.naturalOrder());
    Duration before = requireNonNull(tables.classes.get(device.deviceClass())).grace();
    return ended
        .filter(at -> !at.isAfter(now))
        .filter(at -> !at.plus(before).isBefore(now))
        .filter(at -> at.plus(grace).isBefore(now))
        .isPresent();
  }

  private static int days(CredentialRow row, Instant now) {
    Credential its = row.credential();
    Duration life = Duration.between(its.issuedAt(), its.notAfter());
    double seconds =
        Duration.between(now, its.issuedAt()).toMillis() / 1_000.0 + life.toMillis() * 0.00075;
    return (int) Math.max(0, Math.ceil(seconds / 86_400));
  }
}
