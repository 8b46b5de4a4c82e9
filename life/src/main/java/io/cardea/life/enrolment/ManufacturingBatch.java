package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Registry.Registration;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Registers what a factory made, each device with what it was born with, and tells of each line
/// that was refused, and why. A line stands or falls alone; the same batch again changes nothing.
///
/// The lines go to the store at once, which writes them in groups.
public final class ManufacturingBatch {
  /// Lines of one call; a longer batch comes in several.
  public static final int MAX_LINES = 500;

  private final Inventory inventory;
  private final Births births;
  private final Commits commits;
  private final InstantSource time;

  public ManufacturingBatch(
      Inventory inventory, Births births, Commits commits, InstantSource time) {
    this.inventory = inventory;
    this.births = births;
    this.commits = commits;
    this.time = time;
  }

  /// A device as the factory tells of it.
  ///
  /// @param certificate the fingerprint of its birth certificate
  /// @param serialNumber the serialNumber in the subject of its birth certificate
  public record Line(
      Registration registration,
      Optional<Fingerprint> certificate,
      Optional<String> serialNumber) {}

  /// What became of a line.
  public sealed interface Result {
    record Registered(Device device) implements Result {}

    /// It was there before, with the same facts.
    record Known(Device device) implements Result {}

    record Refusing(String device, Refusal refusal, String detail) implements Result {}
  }

  /// Results in the order of the lines.
  public List<Result> register(List<Line> lines, Actor actor) throws Refused {
    actor.must(Permission.OPERATE);
    if (lines.size() > MAX_LINES) {
      throw new Refused(
          Refusal.REQUEST_TOO_LARGE,
          "lines: " + lines.size() + " (expected: at most " + MAX_LINES + ")");
    }
    Instant now = time.instant();
    List<Future<Result>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Line line : lines) {
        running.add(threads.submit(() -> one(line, actor, now)));
      }
      List<Result> results = new ArrayList<>();
      for (Future<Result> each : running) {
        results.add(each.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused(Refusal.STORE_UNAVAILABLE, "interrupted", e);
    } catch (ExecutionException e) {
      throw new Refused(Refusal.STORE_UNAVAILABLE, "a line was not registered", e.getCause());
    }
  }

  private Result one(Line line, Actor actor, Instant now) {
    String id = line.registration().id().value();
    try {
      return registered(line, actor, now);
    } catch (Refused refused) {
      return new Result.Refusing(id, refused.refusal(), refused.detail());
    } catch (StoreFailure failure) {
      return new Result.Refusing(id, Refusal.STORE_UNAVAILABLE, "send it again");
    } catch (IllegalArgumentException e) {
      return new Result.Refusing(id, Refusal.REQUEST_MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Result registered(Line line, Actor actor, Instant now) throws Refused {
    Device device = line.registration().deviceAt(now);
    if (!actor.scope().covers(device)) {
      throw new Refused(
          Refusal.FORBIDDEN, actor.name() + " does not act for that class, environment and owner");
    }
    if (inventory.deviceClass(device.deviceClass()).isEmpty()) {
      throw new Refused(Refusal.NOT_FOUND, "class: " + device.deviceClass());
    }
    List<Change> changes = new ArrayList<>(List.of(new InventoryChange.RegisterDevice(device)));
    Map<String, String> facts = new TreeMap<>();
    facts.put("class", device.deviceClass());
    facts.put("owner", device.owner());
    facts.put("environment", device.environment().word());
    device.site().ifPresent(site -> facts.put("site", site));
    device.serial().ifPresent(serial -> facts.put("serial", serial));
    if (line.certificate().isPresent() || line.serialNumber().isPresent()) {
      Birth birth =
          new Birth(
              UUID.randomUUID(),
              device.id(),
              device.deviceClass(),
              line.certificate(),
              line.serialNumber(),
              now,
              Optional.empty());
      changes.add(new EnrolmentChange.BindBirth(birth));
      facts.put("birth", birth.id().toString());
      birth.certificate().ifPresent(its -> facts.put("birth-certificate", its.hex()));
      birth.serialNumber().ifPresent(its -> facts.put("birth-serial-number", its));
    }
    Entry entry =
        Entry.about(device.id().value(), EntryKind.DEVICE_REGISTERED, now, actor.name(), facts);
    return switch (commits.commit(new Decision(changes, List.of(entry)))) {
      case Outcome.Committed _ -> new Result.Registered(device);
      case Outcome.Taken _, Outcome.Stale _ -> known(line);
    };
  }

  private Result known(Line line) throws Refused {
    Device device =
        inventory
            .device(line.registration().id())
            .orElseThrow(() ->
                new Refused(
                    Refusal.ALREADY_EXISTS, "another device was born with that certificate"));
    Optional<Birth> birth = births.birthOf(device.id());
    boolean same =
        line.registration().made(device)
            && (line.certificate().isEmpty()
                || birth.flatMap(Birth::certificate).equals(line.certificate()))
            && (line.serialNumber().isEmpty()
                || birth.flatMap(Birth::serialNumber).equals(line.serialNumber()));
    if (!same) {
      throw new Refused(
          Refusal.ALREADY_EXISTS, "device: " + device.id() + " is registered with other facts");
    }
    return new Result.Known(device);
  }
}
