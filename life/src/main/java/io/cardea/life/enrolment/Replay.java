package io.cardea.life.enrolment;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.DeviceState;
import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryChange;
import io.cardea.life.inventory.Predecessor;
import io.cardea.life.inventory.Protection;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Commits.Outcome;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.pki.Authority;
import io.cardea.life.rotation.Event;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.RevocationReason;
import io.cardea.life.rotation.Rotation;
import io.cardea.life.rotation.RotationChange;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Stubborn;
import io.cardea.life.rotation.Writes;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Brings to a restored database what happened after its backup was made, entry by entry, as the
/// ledger's export tells it (R12): devices and credentials that were made, proofs, retirements,
/// revocations, forks, quarantines, spent tokens, replaced bearer tokens.
///
/// Guarantees that no entry undoes what stands: a revocation stays one, and the same entry twice
/// changes nothing. The entries of one device come in their order, those of different devices as
/// they like. What an entry does not hold cannot be brought back: the secrets of tokens, profiles,
/// the keys of authorities, labels; and of a credential the certificate itself.
public final class Replay {
  private static final String ACTOR = "server:restore";

  private final Inventory inventory;
  private final Lineages lineages;
  private final Tokens tokens;
  private final Commits commits;
  private final Rotation rotation;
  private final TrustedTime time;

  /// What an entry did.
  public enum Effect {
    REPLAYED,
    /// It stands already, or changes no state.
    NOTHING,
    /// It says that something was made that it does not hold.
    NOT_IN_THE_LEDGER
  }

  public Replay(
      Inventory inventory,
      Lineages lineages,
      Tokens tokens,
      Commits commits,
      Rotation rotation,
      TrustedTime time) {
    this.inventory = inventory;
    this.lineages = lineages;
    this.tokens = tokens;
    this.commits = commits;
    this.rotation = rotation;
    this.time = time;
  }

  /// Brings the act of one entry.
  public Effect bring(Entry entry) throws Refused {
    return switch (entry.kind()) {
      case DEVICE_REGISTERED -> register(entry);
      case CLASS_SAVED -> saveClass(entry);
      case AUDIENCE_SAVED -> write(entry, new InventoryChange.SaveAudience(audience(entry)));
      case AUDIENCE_REMOVED ->
          write(entry, new InventoryChange.RemoveAudience(fact(entry, "audience").orElseThrow()));
      case SLOT_SAVED -> saveSlot(entry);
      case API_TOKEN_CREATED, API_TOKEN_RECOVERED -> closeApiToken(entry);
      case ISSUING_PAUSED ->
          write(
              entry,
              new EnrolmentChange.StopIssuing(
                  new Freeze(entry.at(), entry.actor(), fact(entry, "why").orElse("replayed"))));
      case ISSUING_RESUMED -> write(entry, new EnrolmentChange.ResumeIssuing());
      case TOKEN_SPENT -> spend(entry);
      case DEVICE_ENROLLED ->
          step(
              entry,
              sighting ->
                  sighting.device().state() instanceof DeviceState.Registered
                      ? moved(sighting, new DeviceState.Enrolled())
                      : List.of());
      case DEVICE_RELEASED -> step(entry, sighting -> moved(sighting, new DeviceState.Enrolled()));
      case DEVICE_QUARANTINED ->
          step(entry, sighting -> moved(sighting, new DeviceState.Quarantined()));
      case DEVICE_SCRAPPED -> step(entry, sighting -> moved(sighting, new DeviceState.Scrapped()));
      case CREDENTIAL_ISSUED, CREDENTIAL_RECOGNISED ->
          step(entry, sighting -> issued(entry, sighting));
      case CREDENTIAL_PROVEN -> step(entry, sighting -> proven(entry, sighting));
      case CREDENTIAL_USED,
          CREDENTIAL_RETIRED,
          CREDENTIAL_REVOKED,
          CREDENTIAL_HELD,
          CREDENTIAL_RELEASED ->
          step(
              entry,
              sighting ->
                  known(entry, sighting)
                      .flatMap(link -> change(entry, link))
                      .map(change -> stepped(sighting, change))
                      .orElse(List.of()));
      case KEY_CONDEMNED -> condemn(entry);
      case LINEAGE_FORKED -> step(entry, sighting -> forked(sighting, Optional.of(entry.at())));
      case LINEAGE_SETTLED -> step(entry, sighting -> forked(sighting, Optional.empty()));
      case DEVICE_DELIVERED, DEVICE_TRANSFERRED ->
          step(entry, sighting -> reassigned(entry, sighting.device()));
      case TOKENS_ENDED -> write(entry, new EnrolmentChange.EndTokens(device(entry), entry.at()));
      case BIRTH_SPENT ->
          write(entry, new RotationChange.SpendBirth(uuid(entry, "birth"), entry.at()));
      case TOKEN_CREATED,
          BIRTH_BOUND,
          MANUFACTURER_IMPORTED,
          MANUFACTURER_REMOVED,
          ENROLMENT_APPROVED,
          PROFILE_SAVED,
          AUTHORITY_CREATED,
          AUTHORITY_REQUESTED,
          AUTHORITY_INSTALLED,
          AUTHORITY_IMPORTED,
          AUTHORITY_RENEWED,
          AUTHORITY_RETIRED,
          AUTHORITY_WITHDRAWN,
          CAMPAIGN_BEGUN ->
          Effect.NOT_IN_THE_LEDGER;
      case FINDING_RAISED,
          REQUEST_REFUSED,
          CREDENTIAL_PRUNED,
          CREDENTIAL_SEEN,
          SESSION_ENDED,
          ENROLMENT_REQUESTED,
          ENROLMENT_REFUSED,
          SERVER_CERTIFICATE_ISSUED,
          OCSP_CERTIFICATE_ISSUED,
          MASS_REVOCATION_BEGUN,
          MASS_REVOCATION_ENDED,
          CAMPAIGN_PAUSED,
          CAMPAIGN_RESUMED,
          CAMPAIGN_HALTED,
          CAMPAIGN_ABORTED,
          CAMPAIGN_ENDED,
          EMERGENCY_DECLARED,
          EMERGENCY_FOLLOWED,
          EMERGENCY_OVER,
          PLAN_MADE,
          PLAN_REFUSED,
          PLAN_APPLIED,
          PLAN_OVERRIDDEN,
          RENEWAL_POLICY_SAVED,
          RENEWAL_POLICY_REMOVED,
          RENEWAL_RATE_SET,
          SECRET_READ,
          BACKUP_BEGUN,
          BACKUP_MADE,
          BACKUP_RESTORED,
          STATE_REPLAYED ->
          Effect.NOTHING;
    };
  }

  /// Brings what a revocation list says. A certificate that the inventory does not hold is revoked
  /// all the same, for the day on which somebody shows it.
  ///
  /// @return whether that is news
  public boolean revoke(Authority authority, BigInteger serial, RevocationReason reason, Instant at)
      throws Refused {
    String issuer = authority.id().value();
    Optional<Credential> known = inventory.credentialBySerial(issuer, serial);
    Map<String, String> facts = new TreeMap<>();
    facts.put("reason", reason.word());
    facts.put("serial", serial.toString(16));
    facts.put("authority", issuer);
    if (known.isPresent()) {
      facts.put("credential", known.get().id().toString());
      return bring(
              new Entry(
                  EntryKind.CREDENTIAL_REVOKED,
                  at,
                  ACTOR,
                  Optional.of(known.get().slot().device().value()),
                  facts))
          == Effect.REPLAYED;
    }
    return write(
            new Entry(EntryKind.CREDENTIAL_REVOKED, at, ACTOR, Optional.empty(), facts),
            new RotationChange.RevokeUnknown(
                Recognition.idOf(issuer, serial),
                issuer,
                serial,
                reason,
                at,
                authority.certificate().notAfter()))
        == Effect.REPLAYED;
  }

  private Effect step(Entry entry, Function<Sighting, List<Change>> decide) throws Refused {
    SlotId slot =
        new SlotId(
            new DeviceId(entry.device().orElseThrow()),
            fact(entry, "slot").orElse(SlotId.operational(device(entry)).name()));
    return Stubborn.insist(() -> {
      Optional<Sighting> sighting = lineages.whole(slot);
      if (sighting.isEmpty()) {
        return Optional.of(Effect.NOTHING);
      }
      List<Change> changes = decide.apply(sighting.get());
      if (changes.isEmpty()) {
        return Optional.of(Effect.NOTHING);
      }
      return switch (commits.commit(new Decision(changes, List.of(remembered(entry))))) {
        case Outcome.Committed _ -> Optional.of(Effect.REPLAYED);
        case Outcome.Stale _ -> Optional.empty();
        case Outcome.Taken _ -> Optional.of(Effect.NOTHING);
      };
    });
  }

  /// What the entry does to its credential, if that is not done.
  private static Optional<Change> change(Entry entry, Link link) {
    Instant at = entry.at();
    boolean wanted =
        switch (entry.kind()) {
          case CREDENTIAL_USED -> link.lastUsedAt().filter(used -> !used.isBefore(at)).isEmpty();
          case CREDENTIAL_RETIRED -> link.state().accepted();
          default -> link.state() != CredentialState.REVOKED;
        };
    if (!wanted) {
      return Optional.empty();
    }
    return Optional.of(
        switch (entry.kind()) {
          case CREDENTIAL_USED -> new RotationChange.RecordUse(link.id(), false, at);
          case CREDENTIAL_RETIRED ->
              new RotationChange.MoveCredential(link.id(), CredentialState.RETIRED, at);
          case CREDENTIAL_REVOKED ->
              new RotationChange.RevokeCredential(link.id(), reason(entry), at);
          case CREDENTIAL_HELD -> new RotationChange.HoldCredential(link.id(), at);
          default -> new RotationChange.LiftHold(link.id());
        });
  }

  private static List<Change> forked(Sighting sighting, Optional<Instant> at) {
    return sighting.lineage().forkedAt().isPresent() == at.isPresent()
        ? List.of()
        : List.of(slot(sighting.lineage(), at));
  }

  private List<Change> issued(Entry entry, Sighting sighting) {
    CredentialId id = new CredentialId(uuid(entry, "credential"));
    Map<String, String> facts = entry.facts();
    Fingerprint shown =
        Fingerprint.parse(fact(entry, "certificate").or(() -> fact(entry, "shown")).orElse(""));
    if (sighting.lineage().link(id).isPresent()
        || inventory.credentialByCertificate(shown).isPresent()) {
      return List.of();
    }
    Optional<CredentialId> older =
        fact(entry, "predecessor").map(text -> new CredentialId(UUID.fromString(text)));
    int generation =
        older.flatMap(sighting.lineage()::link).map(link -> link.generation() + 1).orElse(0);
    Predecessor predecessor =
        older.isPresent()
            ? new Predecessor.OlderCredential(older.get())
            : new Predecessor.EnrolmentToken(
                fact(entry, "token").map(UUID::fromString).orElse(id.value()));
    if (fact(entry, "kind").isPresent()) {
      return stepped(
          sighting, SecretEntry.credential(entry, sighting.lineage().slot(), older, generation));
    }
    return stepped(
        sighting,
        new RotationChange.AddCredential(
            new Credential(
                id,
                sighting.lineage().slot(),
                CredentialState.STAGED,
                shown,
                Fingerprint.parse(facts.getOrDefault("key", "")),
                new BigInteger(facts.getOrDefault("serial", "0"), 16),
                facts.getOrDefault("authority", ""),
                predecessor,
                generation,
                Protection.UNKNOWN,
                entry.at(),
                entry.at(),
                Instant.parse(facts.getOrDefault("not-after", "")),
                Optional.empty(),
                Optional.empty()),
            new byte[0],
            fact(entry, "shard").map(Integer::parseInt).orElse(0)));
  }

  /// The rules again, at the time at which it happened: what the proof began to retire retires.
  private List<Change> proven(Entry entry, Sighting sighting) {
    Optional<Link> link =
        known(entry, sighting).filter(each -> each.state() == CredentialState.STAGED);
    if (link.isEmpty()) {
      return List.of();
    }
    Writes writes = new Writes(sighting.lineage(), ACTOR);
    var _ = writes.apply(rotation, new Event.Used(link.get().id(), entry.at()), sighting.terms());
    return writes.decision().changes();
  }

  private static List<Change> reassigned(Entry entry, Device device) {
    String owner = fact(entry, "owner").orElse(device.owner());
    Environment environment =
        fact(entry, "environment").map(Replay::environment).orElse(device.environment());
    return owner.equals(device.owner()) && environment == device.environment()
        ? List.of()
        : List.of(
            new InventoryChange.ReassignDevice(
                device.id(), device.owner(), device.environment(), owner, environment));
  }

  private static Environment environment(String word) {
    return Environment.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static List<Change> moved(Sighting sighting, DeviceState to) {
    DeviceState from = sighting.device().state();
    return from.equals(to) || from instanceof DeviceState.Scrapped
        ? List.of()
        : List.of(new InventoryChange.MoveDevice(sighting.device().id(), from, to));
  }

  private static List<Change> stepped(Sighting sighting, Change change) {
    Lineage lineage = sighting.lineage();
    return List.of(slot(lineage, lineage.forkedAt()), change);
  }

  private static Change slot(Lineage lineage, Optional<Instant> forkedAt) {
    return new RotationChange.StepSlot(
        lineage.slot(),
        lineage.version(),
        lineage.uses(),
        forkedAt,
        lineage.pace(),
        lineage.reports().seen());
  }

  private static Optional<Link> known(Entry entry, Sighting sighting) {
    return sighting.lineage().link(new CredentialId(uuid(entry, "credential")));
  }

  private Effect register(Entry entry) {
    DeviceId id = device(entry);
    Map<String, String> facts = entry.facts();
    if (inventory.device(id).isPresent()) {
      return Effect.NOTHING;
    }
    return write(
        entry,
        new InventoryChange.RegisterDevice(
            new Device(
                id,
                fact(entry, "serial"),
                facts.getOrDefault("class", ""),
                facts.getOrDefault("owner", ""),
                Environment.valueOf(facts.getOrDefault("environment", "").toUpperCase(Locale.ROOT)),
                fact(entry, "site"),
                Map.of(),
                new DeviceState.Registered(),
                entry.at())));
  }

  private Effect saveClass(Entry entry) {
    Map<String, String> facts = entry.facts();
    DeviceClass its =
        new DeviceClass(
            facts.getOrDefault("class", ""),
            facts.getOrDefault("profile", ""),
            Duration.parse(facts.getOrDefault("longest-silence", "")),
            Duration.parse(facts.getOrDefault("grace", "")),
            Duration.parse(facts.getOrDefault("settling", "")),
            Integer.parseInt(facts.getOrDefault("candidates-per-tenth", "")),
            DeviceClass.OnFork.valueOf(facts.getOrDefault("on-fork", "")),
            Boolean.parseBoolean(facts.getOrDefault("keeps-recovery-token", "")),
            joining(entry));
    return inventory.deviceClass(its.name()).filter(its::equals).isPresent()
        ? Effect.NOTHING
        : write(entry, new InventoryChange.SaveClass(its));
  }

  private Effect saveSlot(Entry entry) {
    SecretSlot its = SecretEntry.slot(entry);
    return inventory.secretSlots(its.deviceClass()).contains(its)
        ? Effect.NOTHING
        : write(entry, new InventoryChange.SaveSecretSlot(its));
  }

  /// An entry that does not say how such devices come in opens no door: what is known of the class
  /// stands, or an operator has to say yes.
  private DeviceClass.Joining joining(Entry entry) {
    if (fact(entry, "approval").isEmpty()) {
      return fact(entry, "class")
          .flatMap(inventory::deviceClass)
          .map(DeviceClass::joining)
          .orElse(new DeviceClass.Joining(true, false, Optional.empty(), Optional.empty()));
    }
    return new DeviceClass.Joining(
        fact(entry, "approval").filter("true"::equals).isPresent(),
        fact(entry, "birth-certificate-recovers").filter("true"::equals).isPresent(),
        fact(entry, "factory-profile"),
        fact(entry, "quarantine-profile"),
        new DeviceClass.Lateness(
            Boolean.parseBoolean(fact(entry, "late-wants-credential").orElse("")),
            fact(entry, "late-approval-after").map(Duration::parse)));
  }

  private Effect spend(Entry entry) {
    UUID id = uuid(entry, "token");
    return tokens.ofDevice(device(entry)).stream()
            .anyMatch(token -> token.id().equals(id) && token.spentAt().isEmpty())
        ? write(entry, new RotationChange.SpendToken(id, entry.at()))
        : Effect.NOTHING;
  }

  private static Audience audience(Entry entry) {
    Map<String, String> facts = entry.facts();
    return new Audience(
        facts.getOrDefault("audience", ""),
        Audience.Kind.valueOf(facts.getOrDefault("kind", "")),
        Boolean.parseBoolean(facts.get("reports")),
        Boolean.parseBoolean(facts.get("may-prove")),
        words(facts, "classes").collect(Collectors.toSet()),
        words(facts, "points").map(DeviceId::new).collect(Collectors.toSet()));
  }

  private static Stream<String> words(Map<String, String> facts, String name) {
    return Stream.of(facts.getOrDefault(name, "").split(" ")).filter(word -> !word.isEmpty());
  }

  private Effect condemn(Entry entry) {
    Fingerprint key = Fingerprint.parse(fact(entry, "key").orElseThrow());
    boolean condemned =
        lineages
            .bySlot(SlotId.operational(device(entry)), Optional.of(key))
            .filter(sighting -> sighting.wantedKey() == Sighting.KeyStanding.CONDEMNED)
            .isPresent();
    return condemned
        ? Effect.NOTHING
        : write(
            entry,
            new RotationChange.CondemnKey(
                key, fact(entry, "since").map(Instant::parse).orElse(entry.at())));
  }

  /// A token of that name was replaced: the secret that the backup knows is worthless, and the one
  /// that replaced it is not in the ledger.
  private Effect closeApiToken(Entry entry) {
    Optional<ApiToken> known =
        inventory.apiTokens().stream()
            .filter(token -> token.name().equals(entry.facts().get("name")))
            .filter(token -> token.createdAt().isBefore(entry.at()))
            .findFirst();
    if (known.isEmpty()) {
      return Effect.NOT_IN_THE_LEDGER;
    }
    byte[] nobodys = new byte[32];
    new SecureRandom().nextBytes(nobodys);
    ApiToken token = known.get();
    return write(
        entry,
        new InventoryChange.SaveApiToken(
            new ApiToken(
                token.name(),
                token.role(),
                token.scope(),
                Fingerprint.ofDigest(nobodys),
                entry.at(),
                token.expiresAt().filter(end -> end.isAfter(entry.at())))));
  }

  private Effect write(Entry entry, Change change) {
    return commits.commit(new Decision(List.of(change), List.of(remembered(entry))))
            instanceof Outcome.Committed
        ? Effect.REPLAYED
        : Effect.NOTHING;
  }

  private Entry remembered(Entry entry) {
    Map<String, String> facts = new TreeMap<>();
    facts.put("what", entry.kind().word());
    facts.put("when", entry.at().toString());
    for (String name : List.of("credential", "serial", "authority", "reason")) {
      fact(entry, name).ifPresent(value -> facts.put(name, value));
    }
    return new Entry(EntryKind.STATE_REPLAYED, time.instant(), ACTOR, entry.device(), facts);
  }

  private static DeviceId device(Entry entry) {
    return new DeviceId(entry.device().orElseThrow());
  }

  private static Optional<String> fact(Entry entry, String name) {
    return Optional.ofNullable(entry.facts().get(name));
  }

  private static UUID uuid(Entry entry, String name) {
    return UUID.fromString(fact(entry, name).orElseThrow());
  }

  private static RevocationReason reason(Entry entry) {
    String word = fact(entry, "reason").orElse("");
    for (RevocationReason reason : RevocationReason.values()) {
      if (reason.word().equals(word)) {
        return reason;
      }
    }
    return RevocationReason.UNSPECIFIED;
  }
}
