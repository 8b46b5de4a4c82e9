package io.cardea.life.testing;

import io.cardea.life.rotation.emergency.Emergencies;
import io.cardea.life.rotation.emergency.Emergency;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Emergencies in memory.
public final class InMemoryEmergencies implements Emergencies {
  private final InMemoryStore lock;
  private final InMemoryTables tables;

  InMemoryEmergencies(InMemoryStore lock, InMemoryTables tables) {
    this.lock = lock;
    this.tables = tables;
  }

  @Override
  public Optional<Emergency> emergency(UUID id) {
    synchronized (lock) {
      return Optional.ofNullable(tables.emergencies.get(id));
    }
  }

  @Override
  public List<Emergency> emergencies(Optional<UUID> before, int limit) {
    synchronized (lock) {
      List<Emergency> all =
          tables.emergencies.values().stream()
              .sorted(
                  Comparator.comparing(Emergency::begunAt).thenComparing(Emergency::id).reversed())
              .toList();
      int from =
          before.map(id -> all.stream().map(Emergency::id).toList().indexOf(id) + 1).orElse(0);
      return all.subList(from, (int) Math.min(all.size(), (long) from + limit));
    }
  }

  @Override
  public List<Emergency> runningEmergencies() {
    synchronized (lock) {
      return emergencies(Optional.empty(), Integer.MAX_VALUE - 1).reversed().stream()
          .filter(each -> each.state() == Emergency.State.RUNNING)
          .toList();
    }
  }
}
