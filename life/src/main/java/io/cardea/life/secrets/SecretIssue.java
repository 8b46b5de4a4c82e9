package io.cardea.life.secrets;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Event.Knock;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.Secret;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Verdict;
import io.cardea.life.rotation.Writes;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// What every way to a secret has in common: the question to the rules, and the commit.
final class SecretIssue {
  private final Inventory inventory;
  private final Lineages lineages;
  private final Rotation rotation;
  private final Commits commits;

  SecretIssue(Inventory inventory, Lineages lineages, Rotation rotation, Commits commits) {
    this.inventory = inventory;
    this.lineages = lineages;
    this.rotation = rotation;
    this.commits = commits;
  }

  /// A credential to be.
  ///
  /// @param shown the digest of what its holder will show
  /// @param key the digest of the secret or of the public key
  record Order(
      CredentialId id,
      SecretSlot slot,
      Fingerprint shown,
      Fingerprint key,
      Secret secret,
      String actor,
      String protocol) {}

  SecretSlot slot(Device device, String name) throws Refused {
    return inventory.secretSlots(device.deviceClass()).stream()
        .filter(slot -> slot.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new Refused(
                Refusal.NOT_FOUND, "slot: " + name + " of the class " + device.deviceClass()));
  }

  Sighting sighting(SlotId slot, Fingerprint key) throws Refused {
    Sighting sighting =
        lineages
            .bySlot(slot, Optional.of(key))
            .orElseThrow(() -> new Refused(Refusal.DEVICE_UNKNOWN, "device: " + slot.device()));
    if (sighting.device().state() instanceof DeviceState.Scrapped) {
      throw new Refused(Refusal.DEVICE_SCRAPPED, "device: " + slot.device());
    }
    return sighting;
  }

  /// What the rules say to a request for this key.
  Verdict ask(Sighting sighting, SecretSlot slot, Fingerprint key, Instant now) {
    Verdict verdict =
        rotation
            .transition(
                sighting.lineage(),
                new Event.Requested(knock(sighting.lineage(), now), key, now),
                sighting.terms())
            .verdict();
    return verdict instanceof Verdict.Issue && slot.kind() == CredentialKind.Secret.API_KEY
        ? TwoLive.rest(sighting.lineage(), now).<Verdict>map(Verdict.Wait::new).orElse(verdict)
        : verdict;
  }

  /// Who asks is known by something better than the secret in use, which is the predecessor all the
  /// same: the new one is to replace it (R3). Without one, the act itself is. Candidates that
  /// nobody showed yet are left alone: another holder may have them, and he may be the right one.
  private static Knock knock(Lineage lineage, Instant now) {
    for (Link link : lineage.links().reversed()) {
      if (link.state() == CredentialState.CURRENT && !link.expiredAt(now)) {
        return new Knock.ByCredential(link.id());
      }
    }
    return new Knock.ByAct(UUID.randomUUID());
  }

  /// @return empty when another writer came first
  Optional<Credential> commit(Order order, Sighting sighting, Verdict.Issue under, Instant now)
      throws Refused {
    if (sighting.frozen()) {
      throw new Refused(Refusal.ISSUANCE_FROZEN, "device: " + sighting.device().id());
    }
    Credential credential =
        new Credential(
            order.id(),
            sighting.lineage().slot(),
            order.slot().kind(),
            CredentialState.STAGED,
            order.shown(),
            order.key(),
            under.predecessor(),
            under.generation(),
            Protection.UNKNOWN,
            now,
            now,
            now.plus(order.slot().life()),
            Optional.empty(),
            Optional.empty());
    Writes writes = new Writes(sighting.lineage(), order.actor());
    writes.apply(rotation, new Event.Issued(link(credential), now), sighting.terms());
    writes.add(new RotationChange.AddSecret(credential, order.secret()));
    writes.record(EntryKind.CREDENTIAL_ISSUED, now, facts(credential, order));
    if (sighting.device().state() instanceof DeviceState.Registered registered) {
      writes.add(
          new InventoryChange.MoveDevice(
              sighting.device().id(), registered, registered.enrolled()));
      writes.record(EntryKind.DEVICE_ENROLLED, now, Map.of());
    }
    return switch (commits.commit(writes.decision())) {
      case Outcome.Committed _ -> Optional.of(credential);
      case Outcome.Stale _ -> Optional.empty();
      case Outcome.Taken _ -> throw new Refused(Refusal.KEY_OF_OTHER_DEVICE, "key: " + order.key());
    };
  }

  /// What was found may be read before every node has it that could be promoted (P4); the commit of
  /// nothing waits for them.
  void confirm() {
    var _ = commits.commit(new Decision(List.of(), List.of()));
  }

  private static Link link(Credential credential) {
    return new Link(
        credential.id(),
        credential.key(),
        credential.predecessor(),
        credential.generation(),
        credential.state(),
        credential.issuedAt(),
        credential.issuedAt(),
        credential.notAfter(),
        credential.provenAt(),
        credential.lastUsedAt());
  }

  private static Map<String, String> facts(Credential issued, Order order) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("credential", issued.id().toString());
    facts.put("kind", issued.kind().word());
    facts.put("shown", issued.shown().hex());
    facts.put("key", issued.key().hex());
    facts.put("not-after", issued.notAfter().toString());
    facts.put("protocol", order.protocol());
    order
        .secret()
        .publicKey()
        .ifPresent(key -> facts.put("public-key", Base64.getEncoder().encodeToString(key)));
    switch (issued.predecessor()) {
      case Predecessor.OlderCredential(var id) -> facts.put("predecessor", id.toString());
      case Predecessor.Act(var id) -> facts.put("act", id.toString());
      case Predecessor.EnrolmentToken _, Predecessor.BirthCertificate _ ->
          throw new IllegalStateException("a secret under " + issued.predecessor());
    }
    return facts;
  }
}
