package io.cardea.platform.store;

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
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.Scope;
import io.cardea.life.inventory.SecretSlot;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.ledger.Commits;
import io.cardea.life.ledger.Decision;
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
import io.cardea.life.rotation.Lineages;
import io.cardea.life.rotation.MassRevocationOrder;
import io.cardea.life.rotation.MassRevocations;
import io.cardea.life.rotation.Selection;
import io.cardea.life.rotation.Sighting;
import io.cardea.life.secrets.Secrets;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Every port of life to its data, on PostgreSQL.
///
/// Writes and the reads of a device at the door go in groups, each with a few connections of its
/// own, so that people who page through lists do not make devices wait. Every method blocks its
/// (virtual) thread, in bounded time, and fails by [Commits.StoreFailure] when the database does
/// not answer.
public final class PostgresStore
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
        Secrets,
        AutoCloseable {
  private final GroupCommits commits;
  private final GroupReads<SightingQuery.Ask, Optional<Sighting>> reads;
  private final GroupReads<StatusQuery.Ask, CertificateStatus> statuses;
  private final StoreReads lists;
  private final RevocationReads revocations;
  private final MassRevocationReads orders;
  private final SecretReads secrets;

  /// @param writers how many transactions are in flight at once; two keep one busy while the other
  ///   waits for the disk
  /// @param readers how many queries for devices at the door are in flight at once
  /// @param patience how long a caller waits
  public record Settings(int writers, int readers, Duration patience) {
    public static final Settings USUAL = new Settings(2, 2, Duration.ofSeconds(10));

    public Settings {
      if (writers < 1 || writers > 16 || readers < 1 || readers > 16) {
        throw new IllegalArgumentException(
            "writers, readers: " + writers + ", " + readers + " (expected: 1 to 16)");
      }
    }
  }

  /// The database stays the caller's to close, after this store.
  public PostgresStore(Database database, Settings settings, StoreListener listener) {
    this.commits =
        new GroupCommits(
            database.doorDataSource(), settings.writers(), settings.patience(), listener);
    this.reads =
        new GroupReads<>(
            "store-reader",
            database.doorDataSource(),
            (connection, asks) -> SightingQuery.run(connection, SightingQuery.NEIGHBOURHOODS, asks),
            settings.readers(),
            settings.patience(),
            listener);
    this.statuses =
        new GroupReads<>(
            "store-status-reader",
            database.doorDataSource(),
            StatusQuery::run,
            settings.readers(),
            settings.patience(),
            StoreListener.NONE);
    this.lists = new StoreReads(database.jdbi());
    this.revocations = new RevocationReads(database.jdbi());
    this.orders = new MassRevocationReads(database.jdbi());
    this.secrets = new SecretReads(database.jdbi());
  }

  @Override
  public Outcome commit(Decision decision) {
    return commits.commit(decision);
  }

  @Override
  public Optional<Sighting> byCertificate(
      Fingerprint certificate, Optional<Fingerprint> wantedKey) {
    return reads.read(new SightingQuery.Ask(certificate, null, wantedKey.orElse(null)));
  }

  @Override
  public Optional<Sighting> bySlot(SlotId slot, Optional<Fingerprint> wantedKey) {
    return reads.read(new SightingQuery.Ask(null, slot, wantedKey.orElse(null)));
  }

  @Override
  public Optional<Sighting> whole(SlotId slot) {
    return lists.whole(slot);
  }

  @Override
  public List<SlotId> slots(DeviceId device) {
    return secrets.slots(device);
  }

  @Override
  public List<SecretSlot> secretSlots(String deviceClass) {
    return secrets.slots(deviceClass);
  }

  @Override
  public Optional<CredentialId> waiting(SlotId slot, Fingerprint request) {
    return secrets.waiting(slot, request);
  }

  @Override
  public Optional<byte[]> sealed(CredentialId credential) {
    return secrets.sealed(credential);
  }

  @Override
  public Optional<byte[]> kept(CredentialId credential) {
    return secrets.kept(credential);
  }

  @Override
  public List<CredentialKey> publicKeys(SlotId slot) {
    return secrets.publicKeys(slot);
  }

  @Override
  public List<Retiring> retiring(Instant now, int limit) {
    return lists.retiring(now, bounded(limit));
  }

  @Override
  public void postpone(List<CredentialId> retiring, Instant until) {
    bounded(retiring.size());
    lists.postpone(retiring, until);
  }

  @Override
  public List<Audience> audiences() {
    return lists.audiences();
  }

  @Override
  public List<Expired> expired(Place after, Instant until, int limit) {
    return lists.expired(after, until, bounded(limit));
  }

  @Override
  public Optional<Device> device(DeviceId id) {
    return lists.device(id);
  }

  @Override
  public List<Device> devices(Collection<DeviceId> ids) {
    return ids.isEmpty() ? List.of() : lists.devices(many(ids));
  }

  private static Collection<DeviceId> many(Collection<DeviceId> ids) {
    bounded(ids.size());
    return ids;
  }

  @Override
  public List<Device> devices(DeviceFilter filter, Scope scope, String after, int limit) {
    return lists.devices(filter, scope, after, bounded(limit));
  }

  @Override
  public boolean findsText() {
    return lists.findsText();
  }

  @Override
  public Optional<DeviceClass> deviceClass(String name) {
    return lists.deviceClass(name);
  }

  @Override
  public List<DeviceClass> classes() {
    return lists.classes();
  }

  @Override
  public Optional<Credential> credential(CredentialId id) {
    return lists.credential(id);
  }

  @Override
  public Optional<Credential> credentialByCertificate(Fingerprint certificate) {
    return lists.credentialByCertificate(certificate);
  }

  @Override
  public Optional<Credential> credentialBySerial(String authority, BigInteger serial) {
    return lists.credentialBySerial(authority, serial);
  }

  @Override
  public List<Credential> credentialsOf(DeviceId device, int limit) {
    return lists.credentialsOf(device, bounded(limit));
  }

  @Override
  public Optional<byte[]> certificate(CredentialId id) {
    return lists.certificate(id);
  }

  @Override
  public List<ApiToken> apiTokens() {
    return lists.apiTokens();
  }

  @Override
  public Optional<Freeze> freeze() {
    return lists.freeze();
  }

  @Override
  public List<Token> ofDevice(DeviceId device) {
    return lists.tokensOf(device);
  }

  @Override
  public List<AuthorityRequest> authorityRequests() {
    return lists.authorityRequests();
  }

  @Override
  public Optional<Birth> birthOf(DeviceId device) {
    return lists.birthOf(device);
  }

  @Override
  public List<Birth> birthsOf(Collection<DeviceId> devices) {
    return devices.isEmpty() ? List.of() : lists.birthsOf(many(devices));
  }

  @Override
  public Optional<Birth> birthByCertificate(Fingerprint certificate) {
    return lists.birthByCertificate(certificate);
  }

  @Override
  public Optional<Birth> birthBySerialNumber(String deviceClass, String serialNumber) {
    return lists.birthBySerialNumber(deviceClass, serialNumber);
  }

  @Override
  public Optional<PendingEnrolment> pending(UUID id) {
    return lists.pending(id);
  }

  @Override
  public List<PendingEnrolment> pendingOf(DeviceId device) {
    return lists.pendingOf(device);
  }

  @Override
  public List<PendingEnrolment> waiting(int limit) {
    return lists.waiting(bounded(limit));
  }

  @Override
  public int pendingCount() {
    return lists.pendingCount();
  }

  @Override
  public List<Manufacturer> manufacturers() {
    return lists.manufacturers();
  }

  @Override
  public List<Authority> authorities() {
    return lists.authorities();
  }

  @Override
  public List<Profile> profiles() {
    return lists.profiles();
  }

  @Override
  public Optional<Shard> shard(AuthorityId authority, int shard) {
    return revocations.shard(authority, shard);
  }

  @Override
  public List<Revoked> revoked(AuthorityId authority, int shard, long after, int limit) {
    if (limit < 1 || limit > MAX_READ) {
      throw new IllegalArgumentException("limit: " + limit + " (expected: 1 to " + MAX_READ + ")");
    }
    return revocations.revoked(authority, shard, after, limit);
  }

  @Override
  public boolean publish(AuthorityId authority, int shard, long before, Listed next) {
    return revocations.publish(authority, shard, before, next);
  }

  @Override
  public CertificateStatus status(AuthorityId authority, Serial serial) {
    return statuses.read(new StatusQuery.Ask(authority, serial));
  }

  @Override
  public int count(AuthorityId authority, Map<Integer, Long> issued, Instant now) {
    return revocations.count(authority, issued, now);
  }

  @Override
  public List<Recorded> after(long number, int limit) {
    return lists.entriesAfter(number, bounded(limit));
  }

  @Override
  public List<Recorded> newestAbout(String device, int limit) {
    return lists.newestEntriesAbout(device, bounded(limit));
  }

  @Override
  public Optional<Recorded> newestBackup() {
    return lists.newestBackup();
  }

  @Override
  public Extent extent(Selection selection, Instant now) {
    return orders.extent(selection, now);
  }

  @Override
  public List<Target> targets(Selection selection, String after, int limit) {
    return orders.targets(selection, after, bounded(limit));
  }

  @Override
  public Optional<MassRevocationOrder> order(UUID id) {
    return orders.order(id);
  }

  @Override
  public List<MassRevocationOrder> unfinished(int limit) {
    return orders.unfinished(bounded(limit));
  }

  @Override
  public boolean advance(
      MassRevocationOrder from, String to, long devices, long credentials, long spared) {
    return orders.advance(from, to, devices, credentials, spared);
  }

  @Override
  public long settled() {
    return lists.settled();
  }

  @Override
  public boolean isRevoked(CredentialId id) {
    return lists.isRevoked(id);
  }

  private static int bounded(int limit) {
    if (limit < 1 || limit > Inventory.MAX_PAGE) {
      throw new IllegalArgumentException(
          "limit: " + limit + " (expected: 1 to " + Inventory.MAX_PAGE + ")");
    }
    return limit;
  }

  /// Takes no more, writes what it has taken, and answers those who wait.
  @Override
  public void close() {
    commits.close();
    reads.close();
    statuses.close();
  }
}
