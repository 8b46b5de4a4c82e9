package io.cardea.life.testing;

import static java.util.Objects.requireNonNull;

import io.cardea.life.Fingerprint;
import io.cardea.life.enrolment.Birth;
import io.cardea.life.enrolment.Births;
import io.cardea.life.enrolment.Freeze;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.enrolment.Manufacturer;
import io.cardea.life.enrolment.PendingEnrolment;
import io.cardea.life.enrolment.PendingEnrolments;
import io.cardea.life.enrolment.Token;
import io.cardea.life.enrolment.Tokens;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Audience;
import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Scope;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Change;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Decision;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.EntryKind;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.Authority;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.AuthorityRequest;
import io.cardea.life.pki.CertificateStatus;
import io.cardea.life.pki.Profile;
import io.cardea.life.pki.Revocations;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.Shards;
import io.cardea.life.rotation.Lineage;
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.Link;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.Reports;
import io.cardea.life.rotation.Secret;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.rotation.Sighting.KeyStanding;
import io.cardea.life.secrets.Secrets;
import io.cardea.life.sessions.OpenSessions;
import io.cardea.life.sessions.Reporter;
import io.cardea.life.sessions.Session;
import io.cardea.life.testing.InMemoryTables.CredentialRow;
import io.cardea.life.testing.InMemoryTables.KeyRow;
import io.cardea.life.testing.InMemoryTables.RevocationRow;
import io.cardea.life.testing.InMemoryTables.SessionName;
import io.cardea.life.testing.InMemoryTables.ShardName;
import io.cardea.life.testing.InMemoryTables.ShardRow;
import io.cardea.life.testing.InMemoryTables.SlotRow;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A store in memory that keeps every promise of the ports but durability, and lies on demand.
///
/// Every lineage that it shows is whole. One lock for all: each decision stands alone. Long, as it
/// is every port under that one lock; the rules of each change are in [InMemoryTables].
public final class InMemoryStore
    implements Commits,
        Ledger,
        Inventory,
        Lineages,
        Tokens,
        Freezes,
        Births,
        PendingEnrolments,
        Authorities,
        Revocations,
        Shards,
        MassRevocations,
        OpenSessions,
        Secrets {
  private static final Comparator<CredentialRow> OLDEST_FIRST =
      Comparator.comparing((CredentialRow row) -> row.credential().issuedAt())
          .thenComparing(row -> row.credential().id().value());

  private final InMemoryTables tables = new InMemoryTables();
  private final List<Recorded> ledger = new ArrayList<>();
  private Lie nextCommit = Lie.NONE;
  private boolean findsText = true;

  /// What the next commit does.
  public enum Lie {
    NONE,
    /// Fails, and has no effect.
    FAILS,
    /// The timeout that lies: fails, and is durable.
    FAILS_BUT_PERSISTS
  }

  /// Applies to one commit; those after it are honest again.
  public synchronized void nextCommit(Lie lie) {
    nextCommit = lie;
  }

  @Override
  public synchronized Outcome commit(Decision decision) {
    Lie lie = nextCommit;
    nextCommit = Lie.NONE;
    if (lie == Lie.FAILS) {
      throw new StoreFailure("the store did not answer", new IOException("told to fail"));
    }
    Outcome outcome = write(decision);
    if (lie == Lie.FAILS_BUT_PERSISTS) {
      throw new StoreFailure("the store did not confirm", new IOException("told to lie"));
    }
    return outcome;
  }

  private Outcome write(Decision decision) {
    UndoLog undo = new UndoLog();
    Instant at = decision.entries().isEmpty() ? Instant.EPOCH : decision.entries().getFirst().at();
    boolean kept = false;
    try {
      for (Change change : decision.changes()) {
        Outcome outcome = tables.write(change, at, undo);
        if (!(outcome instanceof Outcome.Committed)) {
          return outcome;
        }
      }
      kept = true;
    } catch (IllegalStateException e) {
      throw new StoreFailure("the store cannot hold this", e);
    } finally {
      if (!kept) {
        undo.undo();
      }
    }
    for (Entry entry : decision.entries()) {
      ledger.add(new Recorded(ledger.size() + 1L, entry.kind(), entry.device(), entry.canonical()));
    }
    return new Outcome.Committed();
  }

  // Ledger

  @Override
  public synchronized List<Recorded> after(long number, int limit) {
    bounded(limit);
    return ledger.stream().filter(each -> each.number() > number).limit(limit).toList();
  }

  @Override
  public synchronized List<Recorded> newestAbout(String device, int limit) {
    bounded(limit);
    return ledger.reversed().stream()
        .filter(each -> each.device().equals(Optional.of(device)))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Optional<Recorded> newestBackup() {
    return ledger.reversed().stream()
        .filter(each ->
            each.kind() == EntryKind.BACKUP_MADE || each.kind() == EntryKind.BACKUP_RESTORED)
        .findFirst();
  }

  @Override
  public synchronized long settled() {
    return ledger.size();
  }

  /// As if the ledger alone told of the credential.
  public synchronized void forgetCertificate(CredentialId id) {
    CredentialRow row = requireNonNull(tables.credentials.get(id));
    tables.credentials.put(
        id, new CredentialRow(row.credential(), new byte[0], row.since(), row.shard()));
  }

  @Override
  public synchronized boolean isRevoked(CredentialId id) {
    return tables.isRevoked(id);
  }

  // Inventory

  @Override
  public synchronized Optional<Device> device(DeviceId id) {
    return Optional.ofNullable(tables.devices.get(id));
  }

  @Override
  public synchronized List<Device> devices(Collection<DeviceId> ids) {
    bounded(Math.max(1, ids.size()));
    return ids.stream().distinct().flatMap(id -> device(id).stream()).toList();
  }

  @Override
  public synchronized List<Device> devices(
      DeviceFilter filter, Scope scope, String after, int limit) {
    bounded(limit);
    return tables.devices.values().stream()
        .filter(device -> device.id().value().compareTo(after) > 0)
        .filter(device -> filter.deviceClass().map(device.deviceClass()::equals).orElse(true))
        .filter(device -> filter.state().map(device.state().word()::equals).orElse(true))
        .filter(scope::covers)
        .filter(device -> filter.owner().map(device.owner()::equals).orElse(true))
        .filter(device -> device.labels().entrySet().containsAll(filter.labels().entrySet()))
        .filter(device -> filter.prefix().map(device.id().value()::startsWith).orElse(true))
        .filter(device -> filter.text().map(text -> says(device, text)).orElse(true))
        .limit(limit)
        .toList();
  }

  /// As a database without that index.
  public synchronized void findsText(boolean finds) {
    findsText = finds;
  }

  @Override
  public synchronized boolean findsText() {
    return findsText;
  }

  private static boolean says(Device device, String text) {
    String all = device.id() + " " + device.serial().orElse("");
    return all.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT));
  }

  @Override
  public synchronized Optional<DeviceClass> deviceClass(String name) {
    return Optional.ofNullable(tables.classes.get(name));
  }

  @Override
  public synchronized List<DeviceClass> classes() {
    return List.copyOf(tables.classes.values());
  }

  @Override
  public synchronized List<Audience> audiences() {
    return List.copyOf(tables.audiences.values());
  }

  @Override
  public synchronized Optional<Credential> credential(CredentialId id) {
    return Optional.ofNullable(tables.credentials.get(id)).map(CredentialRow::credential);
  }

  @Override
  public synchronized Optional<Credential> credentialByCertificate(Fingerprint certificate) {
    return first(row -> row.credential().shown().equals(certificate));
  }

  @Override
  public synchronized Optional<Credential> credentialBySerial(String authority, BigInteger serial) {
    return first(row -> row.credential().kind().equals(new CredentialKind.X509(serial, authority)));
  }

  @Override
  public synchronized List<Credential> credentialsOf(DeviceId device, int limit) {
    bounded(limit);
    return tables.credentials.values().stream()
        .filter(row -> row.credential().slot().device().equals(device))
        .sorted(OLDEST_FIRST.reversed())
        .limit(limit)
        .map(CredentialRow::credential)
        .toList();
  }

  @Override
  public synchronized Optional<byte[]> certificate(CredentialId id) {
    return Optional.ofNullable(tables.credentials.get(id))
        .map(row -> row.certificate().clone())
        .filter(der -> der.length > 0);
  }

  @Override
  public synchronized Optional<Freeze> freeze() {
    return tables.freezes.values().stream().findFirst();
  }

  @Override
  public synchronized List<ApiToken> apiTokens() {
    return List.copyOf(tables.apiTokens.values());
  }

  // Secrets

  @Override
  public synchronized List<SecretSlot> secretSlots(String deviceClass) {
    return tables.classSlots.values().stream()
        .filter(slot -> slot.deviceClass().equals(deviceClass))
        .toList();
  }

  @Override
  public synchronized Optional<CredentialId> waiting(SlotId slot, Fingerprint request) {
    return tables.credentials.values().stream()
        .filter(row -> row.credential().slot().equals(slot))
        .filter(row -> row.credential().state() == CredentialState.STAGED)
        .filter(row ->
            secret(row)
                .filter(its -> its.sealed().isPresent())
                .flatMap(Secret::request)
                .equals(Optional.of(request)))
        .max(OLDEST_FIRST)
        .map(row -> row.credential().id());
  }

  private Optional<Secret> secret(CredentialRow row) {
    return Optional.ofNullable(tables.secrets.get(row.credential().id()));
  }

  @Override
  public synchronized Optional<byte[]> sealed(CredentialId credential) {
    return Optional.ofNullable(tables.secrets.get(credential)).flatMap(Secret::sealed);
  }

  @Override
  public synchronized Optional<byte[]> kept(CredentialId credential) {
    return Optional.ofNullable(tables.secrets.get(credential)).flatMap(Secret::kept);
  }

  @Override
  public synchronized List<CredentialKey> publicKeys(SlotId slot) {
    return tables.credentials.values().stream()
        .filter(row -> row.credential().slot().equals(slot))
        .filter(row -> row.credential().state().accepted())
        .sorted(OLDEST_FIRST.reversed())
        .flatMap(row ->
            secret(row).flatMap(Secret::publicKey).stream()
                .map(key -> new CredentialKey(row.credential().id(), key)))
        .toList();
  }

  // Lineages

  @Override
  public synchronized List<SlotId> slots(DeviceId device) {
    return tables.slots.keySet().stream()
        .filter(slot -> slot.device().equals(device))
        .sorted(Comparator.comparing(SlotId::name))
        .toList();
  }

  @Override
  public synchronized Optional<Sighting> byCertificate(
      Fingerprint certificate, Optional<Fingerprint> wantedKey) {
    return credentialByCertificate(certificate)
        .flatMap(shown -> sighting(shown.slot(), Optional.of(shown.id()), wantedKey));
  }

  @Override
  public synchronized Optional<Sighting> bySlot(SlotId slot, Optional<Fingerprint> wantedKey) {
    return sighting(slot, Optional.empty(), wantedKey);
  }

  @Override
  public synchronized Optional<Sighting> whole(SlotId slot) {
    return sighting(slot, Optional.empty(), Optional.empty());
  }

  @Override
  public synchronized List<Retiring> retiring(Instant now, int limit) {
    return tables.credentials.values().stream()
        .filter(row -> row.credential().state() == CredentialState.RETIRING)
        .filter(row -> isOver(row, now))
        .filter(
            row -> !tables.postponed.getOrDefault(row.credential().id(), Instant.MIN).isAfter(now))
        .sorted(Comparator.comparing(row -> link(row).overlapEnds(java.time.Duration.ZERO)))
        .limit(limit)
        .map(row -> new Retiring(row.credential().slot(), row.credential().id()))
        .toList();
  }

  @Override
  public synchronized List<Expired> expired(Place after, Instant until, int limit) {
    bounded(limit);
    Comparator<Place> order =
        Comparator.comparing(Place::notAfter).thenComparing(place -> place.credential().value());
    return tables.credentials.values().stream()
        .filter(row -> row.credential().notAfter().isBefore(until))
        .map(this::expired)
        .filter(each -> order.compare(each.place(), after) > 0)
        .sorted(Comparator.comparing(Expired::place, order))
        .limit(limit)
        .toList();
  }

  private Expired expired(CredentialRow row) {
    Credential its = row.credential();
    DeviceClass terms = classOf(requireNonNull(tables.devices.get(its.slot().device())));
    Optional<SlotRow> slot = Optional.ofNullable(tables.slots.get(its.slot()));
    return new Expired(
        new Place(its.notAfter(), its.id()),
        its.state(),
        terms.grace(),
        retires(terms),
        tables.credentials.values().stream()
            .anyMatch(other ->
                other.credential().slot().equals(its.slot())
                    && OLDEST_FIRST.compare(other, row) > 0),
        slot.filter(known -> known.uses().contains(its.id())).isPresent(),
        slot.flatMap(SlotRow::forkedAt).isPresent(),
        link(row).parent().filter(tables.credentials::containsKey),
        Optional.ofNullable(tables.revocations.get(its.id()))
            .map(listed ->
                new Listing(
                    listed.shard().authority(),
                    listed.shard().shard(),
                    new Serial(its.serial()),
                    listed.revoked().position())));
  }

  @Override
  public synchronized void postpone(List<CredentialId> retiring, Instant until) {
    retiring.forEach(each -> tables.postponed.put(each, until));
  }

  private List<Audience> audiencesOf(DeviceClass deviceClass) {
    return tables.audiences.values().stream()
        .filter(each -> each.classes().contains(deviceClass.name()))
        .toList();
  }

  private boolean retires(DeviceClass its) {
    return its.keepsRecoveryToken() && audiencesOf(its).stream().allMatch(Audience::reports);
  }

  private boolean isOver(CredentialRow row, Instant now) {
    DeviceClass its = classOf(requireNonNull(tables.devices.get(row.credential().slot().device())));
    return retires(its) && !link(row).overlapEnds(its.longestSilence()).isAfter(now);
  }

  private Optional<Sighting> sighting(
      SlotId slot, Optional<CredentialId> presented, Optional<Fingerprint> wantedKey) {
    return device(slot.device())
        .map(device ->
            new Sighting(
                device,
                classOf(device),
                lineage(slot),
                presented,
                wantedKey.map(key -> standing(key, slot.device())).orElse(KeyStanding.FREE),
                !tables.freezes.isEmpty(),
                audiencesOf(classOf(device))));
  }

  private DeviceClass classOf(Device device) {
    return requireNonNull(tables.classes.get(device.deviceClass())); // checked when it registered
  }

  private Lineage lineage(SlotId slot) {
    SlotRow row = tables.slots.get(slot);
    if (row == null) {
      return Lineage.empty(slot);
    }
    List<Link> links =
        tables.credentials.values().stream()
            .filter(each -> each.credential().slot().equals(slot))
            .sorted(OLDEST_FIRST)
            .map(InMemoryStore::link)
            .toList();
    return new Lineage(
        slot,
        row.version(),
        links,
        row.uses(),
        row.forkedAt(),
        row.pace(),
        new Reports(
            row.seen(),
            tables.sessions.values().stream()
                .filter(session -> session.slot().equals(slot))
                .map(Session::credential)
                .collect(Collectors.toSet())));
  }

  private KeyStanding standing(Fingerprint key, DeviceId device) {
    KeyRow row = tables.keys.get(key);
    if (row == null) {
      return KeyStanding.FREE;
    }
    if (row.condemnedSince().isPresent()) {
      return KeyStanding.CONDEMNED;
    }
    return row.device().equals(Optional.of(device)) ? KeyStanding.OURS : KeyStanding.OTHERS;
  }

  private static Link link(CredentialRow row) {
    Credential c = row.credential();
    return new Link(
        c.id(),
        c.key(),
        c.predecessor(),
        c.generation(),
        c.state(),
        row.since(),
        c.issuedAt(),
        c.notAfter(),
        c.provenAt(),
        c.lastUsedAt());
  }

  // Sessions

  private final Map<Reporter, Instant> reporters = new LinkedHashMap<>();
  private final Set<Reporter> fresh = new HashSet<>();

  @Override
  public synchronized Opened open(Session session, long slotVersion) {
    SlotRow slot = tables.slots.get(session.slot());
    SessionName name = new SessionName(session.reporter(), session.id());
    Optional<Session> known = Optional.ofNullable(tables.sessions.get(name));
    if (slot == null || slot.version() != slotVersion) {
      return Opened.STALE;
    }
    if (known.isEmpty() && sessionsOf(session.slot().device()).size() >= Session.MOST_OF_A_DEVICE) {
      return Opened.TOO_MANY;
    }
    if (known.filter(its -> its.credential().equals(session.credential())).isEmpty()) {
      tables.sessions.put(name, session);
    }
    return Opened.OPEN;
  }

  @Override
  public synchronized Optional<Session> session(Reporter reporter, String id) {
    return Optional.ofNullable(tables.sessions.get(new SessionName(reporter, id)));
  }

  @Override
  public synchronized boolean close(Reporter reporter, String id) {
    Optional<Session> its = session(reporter, id).filter(each -> each.endingSince().isEmpty());
    its.ifPresent(this::gone);
    return its.isPresent();
  }

  private void gone(Session session) {
    tables.sessions.remove(new SessionName(session.reporter(), session.id()));
    tables.postponed.remove(session.credential());
  }

  @Override
  public synchronized int closeAll(Reporter reporter, int limit) {
    bounded(limit);
    List<Session> all =
        tables.sessions.values().stream()
            .filter(each -> each.reporter().equals(reporter) && each.endingSince().isEmpty())
            .limit(limit)
            .toList();
    all.forEach(this::gone);
    return all.size();
  }

  @Override
  public synchronized List<Session> toEnd(Reporter reporter, int limit) {
    bounded(limit);
    return tables.sessions.values().stream()
        .filter(each -> each.reporter().equals(reporter) && each.endingSince().isPresent())
        .sorted(Comparator.comparing(each -> each.endingSince().orElseThrow()))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized List<Session> sessionsOf(DeviceId device) {
    return tables.sessions.values().stream()
        .filter(each -> each.slot().device().equals(device))
        .toList();
  }

  @Override
  public synchronized void renew(Reporter reporter, Instant until) {
    Instant known = reporters.get(reporter);
    if (known == null) {
      fresh.add(reporter);
    }
    if (known == null || known.isBefore(until)) {
      reporters.put(reporter, until);
    }
  }

  @Override
  public synchronized boolean heard(Reporter reporter, Instant until) {
    renew(reporter, until);
    return !fresh.remove(reporter);
  }

  @Override
  public synchronized List<Reporter> silent(Instant now, int limit) {
    bounded(limit);
    return reporters.entrySet().stream()
        .filter(each -> each.getValue().isBefore(now))
        .map(Map.Entry::getKey)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized void forget(Reporter reporter) {
    if (tables.sessions.keySet().stream().anyMatch(each -> each.reporter().equals(reporter))) {
      fresh.add(reporter);
      return;
    }
    reporters.remove(reporter);
    fresh.remove(reporter);
  }

  // Tokens

  @Override
  public synchronized List<Token> ofDevice(DeviceId device) {
    return tables.tokens.values().stream()
        .filter(token -> token.device().equals(device))
        .sorted(Comparator.comparing(Token::createdAt).reversed())
        .limit(32)
        .toList();
  }

  // Births

  @Override
  public synchronized List<Birth> birthsOf(Collection<DeviceId> devices) {
    bounded(Math.max(1, devices.size()));
    return devices.stream().distinct().flatMap(id -> birthOf(id).stream()).toList();
  }

  @Override
  public synchronized Optional<Birth> birthOf(DeviceId device) {
    return tables.births.values().stream()
        .filter(birth -> birth.device().equals(device))
        .findFirst();
  }

  @Override
  public synchronized Optional<Birth> birthByCertificate(Fingerprint certificate) {
    return tables.births.values().stream()
        .filter(birth -> birth.certificate().equals(Optional.of(certificate)))
        .findFirst();
  }

  @Override
  public synchronized Optional<Birth> birthBySerialNumber(String deviceClass, String serialNumber) {
    return tables.births.values().stream()
        .filter(birth -> birth.deviceClass().equals(deviceClass))
        .filter(birth -> birth.serialNumber().equals(Optional.of(serialNumber)))
        .findFirst();
  }

  @Override
  public synchronized Optional<PendingEnrolment> pending(UUID id) {
    return Optional.ofNullable(tables.pending.get(id));
  }

  @Override
  public synchronized List<PendingEnrolment> pendingOf(DeviceId device) {
    return tables.pending.values().stream().filter(each -> each.device().equals(device)).toList();
  }

  @Override
  public synchronized List<PendingEnrolment> waiting(int limit) {
    bounded(limit);
    return tables.pending.values().stream()
        .filter(each -> each.state() == PendingEnrolment.State.WAITING)
        .sorted(
            Comparator.comparing(PendingEnrolment::requestedAt).thenComparing(PendingEnrolment::id))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized int pendingCount() {
    return Math.min(tables.pending.size(), PendingEnrolment.MOST);
  }

  @Override
  public synchronized List<Manufacturer> manufacturers() {
    return List.copyOf(tables.manufacturers.values());
  }

  // Authorities and revocations

  @Override
  public synchronized List<AuthorityRequest> authorityRequests() {
    return tables.authorityRequests.values().stream()
        .sorted(Comparator.comparing(AuthorityRequest::created).thenComparing(AuthorityRequest::id))
        .toList();
  }

  @Override
  public synchronized List<Authority> authorities() {
    return tables.authorities.values().stream()
        .sorted(Comparator.comparing(Authority::created).thenComparing(Authority::id))
        .toList();
  }

  @Override
  public synchronized List<Profile> profiles() {
    return List.copyOf(tables.profiles.values());
  }

  @Override
  public synchronized Optional<Shard> shard(AuthorityId authority, int shard) {
    return Optional.ofNullable(tables.shards.get(new ShardName(authority, shard)))
        .map(row -> new Shard(row.position(), row.list()));
  }

  @Override
  public synchronized List<Revoked> revoked(
      AuthorityId authority, int shard, long after, int limit) {
    if (limit < 1 || limit > MAX_READ) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_READ + ")");
    }
    return tables.revocations.values().stream()
        .filter(row -> row.shard().equals(new ShardName(authority, shard)))
        .map(RevocationRow::revoked)
        .filter(row -> row.position() > after)
        .sorted(Comparator.comparingLong(Revoked::position))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized boolean publish(AuthorityId authority, int shard, long before, Listed next) {
    ShardName name = new ShardName(authority, shard);
    ShardRow row = tables.shards.getOrDefault(name, ShardRow.OPENED);
    if (row.list().map(Listed::number).orElse(0L) != before) {
      return false;
    }
    tables.shards.put(name, new ShardRow(row.issued(), row.position(), Optional.of(next)));
    return true;
  }

  @Override
  public synchronized CertificateStatus status(AuthorityId authority, Serial serial) {
    Optional<Credential> known = credentialBySerial(authority.value(), serial.value());
    if (known.isEmpty()) {
      return authority.equals(tables.ownCertificates.get(serial))
          ? new CertificateStatus.Good()
          : new CertificateStatus.Unknown();
    }
    RevocationRow row = tables.revocations.get(known.get().id());
    return row == null || row.revoked().released()
        ? new CertificateStatus.Good()
        : new CertificateStatus.Revoked(row.revoked().at(), row.revoked().reasonCode());
  }

  @Override
  public synchronized int count(AuthorityId authority, Map<Integer, Long> issued, Instant now) {
    issued.forEach((shard, more) -> {
      ShardName name = new ShardName(authority, shard);
      ShardRow row = tables.shards.getOrDefault(name, ShardRow.OPENED);
      tables.shards.put(name, new ShardRow(row.issued() + more, row.position(), row.list()));
    });
    int newest = newestShard(authority);
    ShardRow row = tables.shards.get(new ShardName(authority, newest));
    if (row != null && row.issued() >= Shards.FULL && newest < Shards.MAX_SHARD) {
      newest++;
      tables.shards.put(new ShardName(authority, newest), ShardRow.OPENED);
    }
    return newest;
  }

  private int newestShard(AuthorityId authority) {
    return tables.shards.keySet().stream()
        .filter(name -> name.authority().equals(authority))
        .mapToInt(ShardName::shard)
        .max()
        .orElse(0);
  }

  // Orders to revoke many

  @Override
  public synchronized Extent extent(Selection selection, Instant now) {
    List<Target> all = targets(selection, "", Integer.MAX_VALUE - 1, true);
    return new Extent(
        all.stream().map(target -> target.sighting().device().id()).distinct().count(),
        all.stream().mapToLong(target -> target.credentials().size()).sum(),
        all.stream().filter(target -> isHealthy(target, now)).count());
  }

  private static boolean isHealthy(Target target, Instant now) {
    Instant lately = now.minus(target.sighting().deviceClass().longestSilence());
    return target.sighting().lineage().links().stream()
        .filter(link -> target.credentials().contains(link.id()))
        .filter(link -> link.state().accepted() && link.notAfter().isAfter(now))
        .anyMatch(link -> link.lastUsedAt().filter(used -> !used.isBefore(lately)).isPresent());
  }

  @Override
  public synchronized List<Target> targets(Selection selection, String after, int limit) {
    bounded(limit);
    return targets(selection, after, limit, false);
  }

  private List<Target> targets(Selection selection, String after, int limit, boolean all) {
    return tables.devices.values().stream()
        .filter(device -> all || device.id().value().compareTo(after) > 0)
        .filter(device -> selects(selection, device))
        .map(device -> targets(selection, device))
        .filter(targets -> !targets.isEmpty())
        .limit(limit)
        .flatMap(List::stream)
        .toList();
  }

  /// Campaigns over what is in this store.
  public InMemoryCampaigns campaigns() {
    return new InMemoryCampaigns(this, tables);
  }

  /// The calendar of what is in this store.
  public InMemoryCalendars calendars() {
    return new InMemoryCalendars(this, tables);
  }

  /// Emergencies, kept beside all the rest.
  public InMemoryEmergencies emergencies() {
    return new InMemoryEmergencies(this, tables);
  }

  /// Plans about what is in this store.
  public InMemoryPlans plans() {
    return new InMemoryPlans(this, tables);
  }

  static boolean selects(Selection selection, Device device) {
    return selection.scope().covers(device)
        && selection.deviceClass().map(device.deviceClass()::equals).orElse(true)
        && selection.environment().map(device.environment()::equals).orElse(true)
        && selection.owner().map(device.owner()::equals).orElse(true)
        && device.labels().entrySet().containsAll(selection.labels().entrySet())
        && (selection.devices().isEmpty() || selection.devices().contains(device.id()));
  }

  private List<Target> targets(Selection selection, Device device) {
    return slots(device.id()).stream()
        .map(slot -> target(selection, slot))
        .filter(target -> !target.credentials().isEmpty())
        .toList();
  }

  private Target target(Selection selection, SlotId slot) {
    return new Target(
        sighting(slot, Optional.empty(), Optional.empty()).orElseThrow(),
        tables.credentials.values().stream()
            .map(CredentialRow::credential)
            .filter(credential -> credential.slot().equals(slot))
            .filter(credential -> credential.state() != CredentialState.REVOKED)
            .filter(credential ->
                selection.authority().map(credential.authority()::equals).orElse(true))
            .map(Credential::id)
            .collect(Collectors.toSet()));
  }

  @Override
  public synchronized Optional<MassRevocationOrder> order(UUID id) {
    return Optional.ofNullable(tables.orders.get(id));
  }

  @Override
  public synchronized List<MassRevocationOrder> unfinished(int limit) {
    return tables.orders.values().stream()
        .filter(order -> order.endedAt().isEmpty())
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized boolean advance(
      MassRevocationOrder from, String to, long devices, long credentials, long spared) {
    MassRevocationOrder order = tables.orders.get(from.id());
    if (order == null || order.endedAt().isPresent() || !order.after().equals(from.after())) {
      return false;
    }
    tables.orders.put(
        order.id(),
        InMemoryTables.moved(order, to, Optional.empty(), devices, credentials, spared));
    return true;
  }

  private Optional<Credential> first(Predicate<CredentialRow> wanted) {
    return tables.credentials.values().stream()
        .filter(wanted)
        .findFirst()
        .map(CredentialRow::credential);
  }

  private static void bounded(int limit) {
    if (limit < 1 || limit > Inventory.MAX_PAGE) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + Inventory.MAX_PAGE + ")");
    }
  }
}
