package io.cardea.life.inventory;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Makes devices and classes known.
public final class Registry {
  private final Inventory inventory;
  private final Commits commits;
  private final InstantSource time;

  public Registry(Inventory inventory, Commits commits, InstantSource time) {
    this.inventory = inventory;
    this.commits = commits;
    this.time = time;
  }

  /// Registers a device. The same registration again gives the same device; another one under a
  /// taken id is refused.
  public Device register(Registration wanted, Actor actor) throws Refused {
    actor.must(Permission.OPERATE);
    Device device = wanted.deviceAt(time.instant());
    if (!actor.scope().covers(device)) {
      throw new Refused(
          Refusal.FORBIDDEN, actor.name() + " does not act for that class, environment and owner");
    }
    if (inventory.deviceClass(wanted.deviceClass()).isEmpty()) {
      throw new Refused(Refusal.NOT_FOUND, "class: " + wanted.deviceClass());
    }
    Decision decision =
        new Decision(
            List.of(new InventoryChange.RegisterDevice(device)),
            List.of(
                Entry.about(
                    device.id().value(),
                    EntryKind.DEVICE_REGISTERED,
                    device.registeredAt(),
                    actor.name(),
                    facts(device))));
    return switch (commits.commit(decision)) {
      case Outcome.Committed _ -> device;
      case Outcome.Taken _, Outcome.Stale _ ->
          inventory
              .device(device.id())
              .filter(wanted::made)
              .orElseThrow(() ->
                  new Refused(
                      Refusal.ALREADY_EXISTS,
                      "device: " + device.id() + " is registered with other facts"));
    };
  }

  /// What the ledger says of a device that was registered; to be added to.
  public static Map<String, String> facts(Device device) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("class", device.deviceClass());
    facts.put("owner", device.owner());
    facts.put("environment", device.environment().word());
    device.site().ifPresent(site -> facts.put("site", site));
    device.serial().ifPresent(serial -> facts.put("serial", serial));
    return facts;
  }

  /// Creates a class. The same class again changes nothing; another one under a taken name is
  /// refused.
  public void createClass(DeviceClass wanted, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    Optional<DeviceClass> known = inventory.deviceClass(wanted.name());
    if (known.isEmpty()) {
      saveClass(wanted, actor);
    } else if (!known.get().equals(wanted)) {
      throw new Refused(
          Refusal.ALREADY_EXISTS, "class: " + wanted.name() + " exists with other terms");
    }
  }

  /// Saves a class, new or changed.
  public void saveClass(DeviceClass deviceClass, Actor actor) throws Refused {
    actor.must(Permission.CERTIFY);
    Entry entry =
        new Entry(
            EntryKind.CLASS_SAVED,
            time.instant(),
            actor.name(),
            Optional.empty(),
            facts(deviceClass));
    commits.commit(
        new Decision(List.of(new InventoryChange.SaveClass(deviceClass)), List.of(entry)));
  }

  private static Map<String, String> facts(DeviceClass deviceClass) {
    DeviceClass.Joining joining = deviceClass.joining();
    Map<String, String> facts = new TreeMap<>();
    facts.put("class", deviceClass.name());
    facts.put("profile", deviceClass.profile());
    facts.put("longest-silence", deviceClass.longestSilence().toString());
    facts.put("grace", deviceClass.grace().toString());
    facts.put("settling", deviceClass.settling().toString());
    facts.put("candidates-per-tenth", Integer.toString(deviceClass.candidatesPerTenth()));
    facts.put("on-fork", deviceClass.onFork().name());
    facts.put("keeps-recovery-token", Boolean.toString(deviceClass.keepsRecoveryToken()));
    facts.put("approval", Boolean.toString(joining.approval()));
    facts.put("birth-certificate-recovers", Boolean.toString(joining.birthCertificateRecovers()));
    facts.put("late-wants-credential", Boolean.toString(joining.lateness().wantsCredential()));
    joining
        .lateness()
        .approvalAfter()
        .ifPresent(after -> facts.put("late-approval-after", after.toString()));
    joining.factoryProfile().ifPresent(profile -> facts.put("factory-profile", profile));
    joining.quarantineProfile().ifPresent(profile -> facts.put("quarantine-profile", profile));
    return facts;
  }

  /// What a registration says about a device.
  public record Registration(
      DeviceId id,
      Optional<String> serial,
      String deviceClass,
      String owner,
      Environment environment,
      Optional<String> site,
      Map<String, String> labels) {

    public Device deviceAt(Instant now) {
      return new Device(
          id,
          serial,
          deviceClass,
          owner,
          environment,
          site,
          labels,
          new DeviceState.Registered(),
          now);
    }

    public boolean made(Device device) {
      return device.equals(deviceAt(device.registeredAt()).in(device.state()));
    }
  }
}
