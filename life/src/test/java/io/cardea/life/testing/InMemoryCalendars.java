package io.cardea.life.testing;

import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.calendar.Calendar;
import io.cardea.life.rotation.calendar.Calendars;
import io.cardea.life.rotation.calendar.Forthcoming;
import io.cardea.life.rotation.calendar.RenewalPolicy;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The calendar in memory, under the lock of the store whose devices it is about.
public final class InMemoryCalendars implements Calendars {
  private final InMemoryStore lock;
  private final InMemoryTables tables;

  InMemoryCalendars(InMemoryStore lock, InMemoryTables tables) {
    this.lock = lock;
    this.tables = tables;
  }

  @Override
  public Settings renewalSettings() {
    synchronized (lock) {
      return new Settings(
          Math.toIntExact(
              tables.calendarNumbers.getOrDefault("per-minute", (long) USUAL_PER_MINUTE)),
          List.copyOf(tables.renewalPolicies.values()));
    }
  }

  @Override
  public Stamp calendarStamp() {
    synchronized (lock) {
      return new Stamp(
          tables.calendarNumbers.getOrDefault("asked", 0L),
          tables.calendarMadeFor,
          Optional.ofNullable(tables.calendar).map(Calendar::decoded).map(Calendar::madeAt));
    }
  }

  @Override
  public Optional<Calendar> calendar() {
    synchronized (lock) {
      return Optional.ofNullable(tables.calendar).map(Calendar::decoded);
    }
  }

  @Override
  public void forthcoming(List<RenewalPolicy> policies, Instant now, Consumer<Forthcoming> each) {
    synchronized (lock) {
      for (Device device : tables.devices.values()) {
        if (!(device.state() instanceof DeviceState.Scrapped)) {
          newest(device.id(), now)
              .ifPresent(newest ->
                  each.accept(
                      new Forthcoming(
                          newest.id(),
                          newest.issuedAt(),
                          newest.notAfter(),
                          RenewalPolicy.of(policies, device).map(policies::indexOf).orElse(-1))));
        }
      }
    }
  }

  private Optional<Credential> newest(DeviceId device, Instant now) {
    return tables.credentials.values().stream()
        .map(InMemoryTables.CredentialRow::credential)
        .filter(each -> each.slot().equals(SlotId.operational(device)))
        .filter(each -> each.state().accepted() && each.notAfter().isAfter(now))
        .max(Comparator.comparing(Credential::issuedAt).thenComparing(each -> each.id().value()));
  }

  @Override
  public void saveCalendar(Calendar calendar, long madeFor) {
    synchronized (lock) {
      if (calendar().filter(there -> there.madeAt().isAfter(calendar.madeAt())).isEmpty()) {
        tables.calendar = calendar.encoded();
        tables.calendarMadeFor = madeFor;
      }
    }
  }
}
