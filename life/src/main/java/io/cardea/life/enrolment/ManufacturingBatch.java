package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Permission;
import io.cardea.life.inventory.Registry;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Registers many devices, each with what it was born with, and tells of each line that was
/// refused, and why. A line stands or falls alone; the same batch again changes nothing.
///
/// The lines are committed many at once. A commit that loses, since some of its devices are known
/// or taken, is looked at again: what is known is sorted out by one read, and what still does not
/// fit is found by halves.
public final class ManufacturingBatch {
  /// Lines of one call; a longer batch comes in several.
  public static final int MAX_LINES = 5_000;

  /// Lines of one commit: enough that its costs are shared, few enough that a device at the door
  /// does not wait long behind it.
  static final int AT_ONCE = 1_000;

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

  /// A line that may be registered.
  private record Candidate(
      int place, Line line, Device device, Optional<Birth> birth, Entry entry) {}

  /// Results in the order of the lines.
  ///
  /// @throws StoreFailure when the store did not answer: some of the lines may be registered then,
  ///   and the same call again tells of them
  public List<Result> register(List<Line> lines, Actor actor) throws Refused {
    actor.must(Permission.OPERATE);
    if (lines.size() > MAX_LINES) {
      throw new Refused(
          Refusal.REQUEST_TOO_LARGE,
          "lines: " + lines.size() + " (expected: at most " + MAX_LINES + ")");
    }
    return new Run(actor, time.instant(), lines).all();
  }

  /// One call.
  private final class Run {
    private final Actor actor;
    private final Instant now;
    private final List<Line> lines;
    private final Map<Integer, Result> results = new TreeMap<>();
    private final Map<String, Boolean> classes = new HashMap<>();

    private Run(Actor actor, Instant now, List<Line> lines) {
      this.actor = actor;
      this.now = now;
      this.lines = lines;
    }

    private List<Result> all() {
      Map<DeviceId, Candidate> candidates = new TreeMap<>(); // one order of locks for everybody
      List<Integer> again = new ArrayList<>();
      for (int place = 0; place < lines.size(); place++) {
        try {
          Candidate candidate = candidate(place, lines.get(place));
          if (candidates.putIfAbsent(candidate.device().id(), candidate) != null) {
            again.add(place);
          }
        } catch (Refused refused) {
          refuse(place, refused);
        }
      }
      List<Candidate> ordered = List.copyOf(candidates.values());
      for (int from = 0; from < ordered.size(); from += AT_ONCE) {
        commit(ordered.subList(from, Math.min(ordered.size(), from + AT_ONCE)));
      }
      for (int place : again) { // the same id twice in one call: the first has been told by now
        commit(ofPlace(place));
      }
      return List.copyOf(results.values());
    }

    private List<Candidate> ofPlace(int place) {
      try {
        return List.of(candidate(place, lines.get(place)));
      } catch (Refused refused) {
        refuse(place, refused);
        return List.of();
      }
    }

    private void refuse(int place, Refused refused) {
      results.put(
          place,
          new Result.Refusing(
              lines.get(place).registration().id().value(), refused.refusal(), refused.detail()));
    }

    private Candidate candidate(int place, Line line) throws Refused {
      try {
        return checked(place, line);
      } catch (IllegalArgumentException e) {
        throw new Refused(Refusal.REQUEST_MALFORMED, String.valueOf(e.getMessage()));
      }
    }

    private Candidate checked(int place, Line line) throws Refused {
      Device device = line.registration().deviceAt(now);
      if (!actor.scope().covers(device)) {
        throw new Refused(
            Refusal.FORBIDDEN,
            actor.name() + " does not act for that class, environment and owner");
      }
      if (!classes.computeIfAbsent(
          device.deviceClass(), name -> inventory.deviceClass(name).isPresent())) {
        throw new Refused(Refusal.NOT_FOUND, "class: " + device.deviceClass());
      }
      Optional<Birth> birth = birth(line, device);
      Map<String, String> facts = Registry.facts(device);
      birth.ifPresent(its -> {
        facts.put("birth", its.id().toString());
        its.certificate().ifPresent(print -> facts.put("birth-certificate", print.hex()));
        its.serialNumber().ifPresent(number -> facts.put("birth-serial-number", number));
      });
      Entry entry =
          Entry.about(device.id().value(), EntryKind.DEVICE_REGISTERED, now, actor.name(), facts);
      return new Candidate(place, line, device, birth, entry);
    }

    private Optional<Birth> birth(Line line, Device device) {
      if (line.certificate().isEmpty() && line.serialNumber().isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new Birth(
              UUID.randomUUID(),
              device.id(),
              device.deviceClass(),
              line.certificate(),
              line.serialNumber(),
              now,
              Optional.empty()));
    }

    /// All of them at once, which is nearly always how it goes.
    private void commit(List<Candidate> some) {
      if (committed(some)) {
        return;
      }
      Map<DeviceId, Device> known = new HashMap<>();
      inventory
          .devices(some.stream().map(each -> each.device().id()).toList())
          .forEach(device -> known.put(device.id(), device));
      Map<DeviceId, Birth> born = new HashMap<>();
      births.birthsOf(List.copyOf(known.keySet())).forEach(its -> born.put(its.device(), its));
      List<Candidate> left = new ArrayList<>();
      for (Candidate each : some) {
        Device device = known.get(each.device().id());
        if (device == null) {
          left.add(each);
        } else {
          results.put(
              each.place(), compared(each, device, Optional.ofNullable(born.get(device.id()))));
        }
      }
      byHalves(left);
    }

    /// Some of these still do not fit: a class that went away, a birth that is another device's, or
    /// somebody who registered the same meanwhile.
    private void byHalves(List<Candidate> some) {
      if (committed(some)) {
        return;
      }
      if (some.size() > 1) {
        byHalves(some.subList(0, some.size() / 2));
        byHalves(some.subList(some.size() / 2, some.size()));
        return;
      }
      Candidate last = some.getFirst();
      results.put(
          last.place(),
          inventory
              .device(last.device().id())
              .map(device -> compared(last, device, births.birthOf(device.id())))
              .orElseGet(() ->
                  new Result.Refusing(
                      last.device().id().value(),
                      Refusal.ALREADY_EXISTS,
                      "another device was born with that certificate")));
    }

    private boolean committed(List<Candidate> some) {
      if (some.isEmpty()) {
        return true;
      }
      List<Change> changes = new ArrayList<>(some.size());
      List<Entry> entries = new ArrayList<>(some.size());
      for (Candidate each : some) {
        changes.add(new InventoryChange.RegisterDevice(each.device()));
        each.birth().ifPresent(its -> changes.add(new EnrolmentChange.BindBirth(its)));
        entries.add(each.entry());
      }
      return switch (commits.commit(new Decision(changes, entries))) {
        case Outcome.Committed _ -> {
          some.forEach(each -> results.put(each.place(), new Result.Registered(each.device())));
          yield true;
        }
        case Outcome.Taken _, Outcome.Stale _ -> false;
      };
    }

    private Result compared(Candidate wanted, Device device, Optional<Birth> birth) {
      Line line = wanted.line();
      boolean same =
          line.registration().made(device)
              && (line.certificate().isEmpty()
                  || birth.flatMap(Birth::certificate).equals(line.certificate()))
              && (line.serialNumber().isEmpty()
                  || birth.flatMap(Birth::serialNumber).equals(line.serialNumber()));
      return same
          ? new Result.Known(device)
          : new Result.Refusing(
              device.id().value(),
              Refusal.ALREADY_EXISTS,
              "device: " + device.id() + " is registered with other facts");
    }
  }
}
