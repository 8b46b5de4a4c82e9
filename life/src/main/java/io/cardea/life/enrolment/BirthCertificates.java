package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Certificate;
import io.cardea.life.pki.path.PathJudgement;
import io.cardea.life.pki.path.PathLimits;
import io.cardea.life.pki.path.PathQuestion;
import io.cardea.life.pki.path.PathValidation;
import io.cardea.life.pki.path.RevocationList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Says which device a certificate was born with: first whether it leads to an authority of a
/// manufacturer (by [PathValidation]), then whose it is, by what was registered or by that
/// authority's rule.
///
/// A device that is bound to a certificate is bound for good: another one with the same serial
/// number, whoever issued it, is refused.
public final class BirthCertificates {
  private final Births births;
  private final Inventory inventory;
  private final Commits commits;
  private final PathValidation validation;

  public BirthCertificates(
      Births births, Inventory inventory, Commits commits, PathValidation validation) {
    this.births = births;
    this.inventory = inventory;
    this.commits = commits;
    this.validation = validation;
  }

  /// Under whom a certificate is trusted, and how that was judged.
  ///
  /// @param judgement of the authority that trusts it, or of the one that came nearest
  public record Origin(Optional<Manufacturer> manufacturer, PathJudgement judgement) {}

  /// What is to be done so that a device is bound to its certificate.
  ///
  /// @param birth as it will be
  /// @param device whose it is, as it will be
  /// @param changes none when it is bound already
  public record Binding(Birth birth, Device device, List<Change> changes, List<Entry> entries) {}

  /// Finds the device that a chain was born with, registers it if a rule says so, and binds it.
  ///
  /// @param chain as shown, its own certificate first
  /// @param deviceClass the class that the client says it is of
  /// @return empty when no manufacturer's authority was imported at all
  Optional<Birth> identify(List<byte[]> chain, Optional<String> deviceClass, Instant now)
      throws Refused {
    List<Manufacturer> known =
        births.manufacturers().stream()
            .filter(each -> deviceClass.isEmpty() || each.deviceClass().equals(deviceClass.get()))
            .toList();
    if (known.isEmpty() || chain.isEmpty()) {
      return Optional.empty();
    }
    Certificate leaf = Certificate.parse(chain.getFirst());
    Origin origin = origin(leaf, candidates(chain), known, now);
    Manufacturer manufacturer =
        origin
            .manufacturer()
            .orElseThrow(
                () -> new Refused(Refusal.BIRTH_CERTIFICATE_REFUSED, origin.judgement().refusal()));
    Binding binding = bind(leaf, manufacturer, now);
    if (!binding.changes().isEmpty()) {
      // Its own commit: if we die after it, the retry finds the device bound, and goes on.
      switch (commits.commit(new Decision(binding.changes(), binding.entries()))) {
        case Outcome.Committed _ -> {}
        case Outcome.Stale _, Outcome.Taken _ -> {
          // Another request of the same device came first, or another device has what this one
          // claims. What is in the store now decides, and a second look writes nothing.
          Binding again = bind(leaf, manufacturer, now);
          if (!again.changes().isEmpty()) {
            throw refused("another device is bound to it");
          }
          return Optional.of(again.birth());
        }
      }
    }
    return Optional.of(binding.birth());
  }

  private static List<Certificate> candidates(List<byte[]> chain) throws Refused {
    List<Certificate> candidates = new ArrayList<>();
    for (byte[] der : chain.subList(1, Math.min(chain.size(), PathLimits.CANDIDATES / 2))) {
      candidates.add(Certificate.parse(der));
    }
    return candidates;
  }

  /// Judges a certificate under each of these authorities until one trusts it.
  public Origin origin(
      Certificate leaf, List<Certificate> candidates, List<Manufacturer> among, Instant now)
      throws Refused {
    PathJudgement nearest = new PathJudgement(List.of(), List.of());
    for (Manufacturer each : among) {
      List<Certificate> all = new ArrayList<>(candidates);
      all.addAll(each.intermediates());
      List<RevocationList> lists = new ArrayList<>();
      for (byte[] der : each.revocationLists()) {
        lists.add(RevocationList.parse(der));
      }
      PathJudgement judgement =
          validation.judge(
              PathQuestion.client(
                  leaf,
                  all.subList(0, Math.min(all.size(), PathLimits.CANDIDATES)),
                  List.of(each.anchor()),
                  lists,
                  now));
      if (judgement.trusted()) {
        return new Origin(Optional.of(each), judgement);
      }
      if (nearest.path().isEmpty()) {
        nearest = judgement;
      }
    }
    return new Origin(Optional.empty(), nearest);
  }

  /// Says whose a trusted certificate is, and what would be written.
  ///
  /// @throws Refused with [Refusal#BIRTH_CERTIFICATE_REFUSED] when it is nobody's
  public Binding bind(Certificate leaf, Manufacturer manufacturer, Instant now) throws Refused {
    Fingerprint certificate = leaf.fingerprint();
    Optional<Birth> bound = births.birthByCertificate(certificate);
    if (bound.isPresent()) {
      Device device = device(bound.get().device(), manufacturer);
      return new Binding(bound.get(), device, List.of(), List.of());
    }
    String serialNumber = serialNumber(leaf);
    Optional<Birth> registered =
        births.birthBySerialNumber(manufacturer.deviceClass(), serialNumber);
    if (registered.isPresent()) {
      return pin(registered.get(), certificate, manufacturer, now);
    }
    DeviceId id =
        manufacturer
            .rule()
            .deviceOf(serialNumber)
            .orElseThrow(() -> refused("no device is registered with it"));
    return byRule(id, certificate, manufacturer, now);
  }

  private Binding pin(Birth birth, Fingerprint certificate, Manufacturer manufacturer, Instant now)
      throws Refused {
    Device device = device(birth.device(), manufacturer);
    if (birth.certificate().isPresent()) {
      throw refused("device " + device.id() + " is bound to another certificate");
    }
    Birth pinned =
        new Birth(
            birth.id(),
            birth.device(),
            birth.deviceClass(),
            Optional.of(certificate),
            birth.serialNumber(),
            birth.boundAt(),
            birth.spentAt());
    return new Binding(
        pinned,
        device,
        List.of(new EnrolmentChange.PinBirth(birth.id(), certificate)),
        List.of(bound(pinned, manufacturer, now)));
  }

  private Binding byRule(
      DeviceId id, Fingerprint certificate, Manufacturer manufacturer, Instant now) throws Refused {
    Optional<Device> known = inventory.device(id);
    List<Change> changes = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    Device device;
    if (known.isPresent()) {
      device = device(id, manufacturer);
      if (births.birthOf(id).isPresent()) {
        throw refused("device " + id + " is bound to another certificate");
      }
    } else if (manufacturer.rule().registers()) {
      device = newcomer(id, manufacturer, now);
      changes.add(new InventoryChange.RegisterDevice(device));
      entries.add(registered(device, manufacturer, now));
    } else {
      throw refused("device " + id + " is not registered");
    }
    Birth birth =
        new Birth(
            UUID.randomUUID(),
            id,
            device.deviceClass(),
            Optional.of(certificate),
            Optional.empty(),
            now,
            // It did not lead to what the device has: it is a second proof and no more.
            device.state() instanceof DeviceState.Registered ? Optional.empty() : Optional.of(now));
    changes.add(new EnrolmentChange.BindBirth(birth));
    entries.add(bound(birth, manufacturer, now));
    return new Binding(birth, device, changes, entries);
  }

  private static Device newcomer(DeviceId id, Manufacturer manufacturer, Instant now) {
    return new Device(
        id,
        Optional.empty(),
        manufacturer.deviceClass(),
        manufacturer.rule().owner(),
        manufacturer.environment(),
        Optional.empty(),
        Map.of(),
        new DeviceState.Registered(),
        now);
  }

  private Device device(DeviceId id, Manufacturer manufacturer) throws Refused {
    Device device =
        inventory.device(id).orElseThrow(() -> refused("device " + id + " is not registered"));
    Environment environment = device.environment();
    if (!device.deviceClass().equals(manufacturer.deviceClass())
        || environment != manufacturer.environment()) {
      throw refused(
          "its authority is trusted for "
              + manufacturer.deviceClass()
              + " in "
              + manufacturer.environment().word()
              + ", and the device is of "
              + device.deviceClass()
              + " in "
              + environment.word());
    }
    return device;
  }

  /// IEEE 802.1AR §8.6: the subject of a device's first identity has one.
  private static String serialNumber(Certificate leaf) throws Refused {
    List<String> all = leaf.subjectSerialNumbers();
    if (all.size() != 1 || all.getFirst().isEmpty() || all.getFirst().length() > 128) {
      throw refused("the subject has " + all.size() + " serialNumber attributes (expected: one)");
    }
    return all.getFirst();
  }

  private static Entry registered(Device device, Manufacturer manufacturer, Instant now) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("class", device.deviceClass());
    facts.put("owner", device.owner());
    facts.put("environment", device.environment().word());
    return Entry.about(
        device.id().value(),
        EntryKind.DEVICE_REGISTERED,
        now,
        "manufacturer:" + manufacturer.name(),
        facts);
  }

  private static Entry bound(Birth birth, Manufacturer manufacturer, Instant now) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("birth", birth.id().toString());
    birth.certificate().ifPresent(its -> facts.put("certificate", its.hex()));
    birth.serialNumber().ifPresent(its -> facts.put("serial-number", its));
    return Entry.about(
        birth.device().value(),
        EntryKind.BIRTH_BOUND,
        now,
        "manufacturer:" + manufacturer.name(),
        facts);
  }

  private static Refused refused(String detail) {
    return new Refused(Refusal.BIRTH_CERTIFICATE_REFUSED, detail);
  }
}
