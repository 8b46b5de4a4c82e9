package io.cardea.apps.server;

import io.cardea.apps.server.config.Config;
import io.cardea.apps.server.revocation.ForeignLists;
import io.cardea.apps.server.revocation.OcspSigners;
import io.cardea.apps.server.revocation.RevocationData;
import io.cardea.apps.server.watch.Check;
import io.cardea.apps.server.watch.Look;
import io.cardea.life.Refused;
import io.cardea.life.enrolment.Freezes;
import io.cardea.life.findings.Alarm;
import io.cardea.life.inventory.ApiToken;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.ledger.Entry;
import io.cardea.life.ledger.Ledger;
import io.cardea.life.pki.Authority;
import io.cardea.platform.store.Database;
import io.cardea.platform.store.DatabaseClock;
import io.cardea.platform.store.Durability;
import io.cardea.platform.store.Standbys;
import io.cardea.platform.store.Standbys.Standby;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What this replica looks at, again and again, so that an alarm comes before an outage.
final class Checks {
  private static final Duration OFTEN = Duration.ofSeconds(10);
  private static final Duration EACH_MINUTE = Duration.ofMinutes(1);
  private static final Duration SELDOM = Duration.ofMinutes(5);

  /// Of an authority's life; less left is an alarm.
  private static final int AUTHORITY_FIFTHS = 5;

  private static final Duration TOKEN_NOTICE = Duration.ofDays(7);
  private static final long DISK_FLOOR = 2L << 30;
  private static final int DISK_TWENTIETHS = 20;

  /// No parser takes this for anything that an authority signs.
  private static final byte[] PROBE =
      "Cardea asks whether this key signs.".getBytes(StandardCharsets.US_ASCII);

  private final Database database;
  private final DatabaseClock time;
  private final Inventory inventory;
  private final Freezes freezes;
  private final Issuers issuers;
  private final TlsIdentity identity;
  private final OcspSigners responders;
  private final Ledger ledger;
  private final RevocationData revocationData;
  private final ForeignLists foreignLists;
  private final RefusedKeyFile refusedKeys;

  Checks(
      Database database,
      DatabaseClock time,
      Inventory inventory,
      Freezes freezes,
      Issuers issuers,
      TlsIdentity identity,
      OcspSigners responders,
      Ledger ledger,
      RevocationData revocationData,
      ForeignLists foreignLists,
      RefusedKeyFile refusedKeys) {
    this.database = database;
    this.time = time;
    this.inventory = inventory;
    this.freezes = freezes;
    this.issuers = issuers;
    this.identity = identity;
    this.responders = responders;
    this.ledger = ledger;
    this.revocationData = revocationData;
    this.foreignLists = foreignLists;
    this.refusedKeys = refusedKeys;
  }

  List<Check> all(Config config) {
    Set<String> reporting = Set.copyOf(config.reportingStandbys());
    Standbys standbys = new Standbys(database.dataSource());
    return List.of(
        new Check(Alarm.CLOCK_UNTRUSTED, OFTEN, this::clock),
        new Check(Alarm.DATABASE_UNAVAILABLE, OFTEN, this::answers),
        new Check(Alarm.DATABASE_NOT_DURABLE, OFTEN, this::durable),
        new Check(
            Alarm.STANDBY_NOT_SYNCHRONOUS, OFTEN, () -> following(standbys.promotable(reporting))),
        new Check(Alarm.AUTHORITY_UNAVAILABLE, OFTEN, this::signs),
        new Check(Alarm.AUTHORITY_EXPIRING, SELDOM, this::authorities),
        new Check(Alarm.SERVER_CERTIFICATE_EXPIRING, OFTEN, identity::look),
        new Check(Alarm.RESPONDER_CERTIFICATE_EXPIRING, OFTEN, this::responders),
        new Check(Alarm.ISSUANCE_FROZEN, OFTEN, this::frozen),
        new Check(
            Alarm.PUBLIC_URL_ASTRAY,
            SELDOM,
            () -> PublicUrlCheck.look(config.publicUrl(), issuers)),
        new Check(Alarm.DISK_LOW, OFTEN, () -> disk(config.data().path())),
        new Check(Alarm.REVOCATION_LIST_OVERDUE, EACH_MINUTE, this::lists),
        new Check(Alarm.REFUSED_KEYS_UNREADABLE, OFTEN, refusedKeys::look),
        new Check(Alarm.BACKUP_OVERDUE, SELDOM, () -> backups(config.backupExpectedEvery())),
        new Check(Alarm.API_TOKEN_EXPIRING, SELDOM, this::tokens));
  }

  private Look clock() {
    Optional<DatabaseClock.Distrust> distrust = time.distrust();
    return distrust
        .<Look>map(why -> new Look.Wrong(why.name()))
        .orElseGet(() -> new Look.Fine("agrees with the database's"));
  }

  private Look answers() {
    try {
      database.durability();
      return new Look.Fine("answers");
    } catch (SQLException e) {
      return new Look.Wrong("does not answer");
    }
  }

  private Look durable() throws SQLException {
    Durability durability = database.durability();
    return Look.when(!durability.isSufficient(), durability.toString());
  }

  static Look following(List<Standby> standbys) {
    List<String> behind =
        standbys.stream().filter(one -> !one.synchronous()).map(Standby::name).toList();
    return behind.isEmpty()
        ? new Look.Fine("standbys: " + standbys.size() + ", all of them synchronous")
        : new Look.Wrong("not synchronous: " + String.join(", ", behind));
  }

  private Look signs() {
    List<String> silent = new ArrayList<>();
    for (Authority authority : issuers.authorities()) {
      try {
        issuers.key(authority).sign(PROBE);
      } catch (Refused e) {
        silent.add(authority.name());
      }
    }
    if (!issuers.canIssue()) {
      return new Look.Wrong("there is no issuing authority");
    }
    return silent.isEmpty()
        ? new Look.Fine("keys that sign: " + issuers.authorities().size())
        : new Look.Wrong("silent: " + String.join(", ", silent));
  }

  private Look authorities() {
    Instant now = time.instant();
    String late =
        issuers.authorities().stream()
            .filter(one ->
                isNearItsEnd(one.certificate().notBefore(), one.certificate().notAfter(), now))
            .map(one -> one.name() + " until " + one.certificate().notAfter())
            .collect(Collectors.joining(", "));
    return late.isEmpty() ? new Look.Fine("none is near its end") : new Look.Wrong(late);
  }

  static boolean isNearItsEnd(Instant from, Instant until, Instant now) {
    return Duration.between(now, until)
            .compareTo(Duration.between(from, until).dividedBy(AUTHORITY_FIFTHS))
        < 0;
  }

  private Look responders() {
    List<String> late = responders.overdue();
    return late.isEmpty()
        ? new Look.Fine("none is overdue")
        : new Look.Wrong("of authority " + String.join(", ", late));
  }

  private Look frozen() {
    return freezes
        .freeze()
        .<Look>map(freeze -> new Look.Wrong("since " + freeze.since() + " by " + freeze.actor()))
        .orElseGet(() -> new Look.Fine("certificates are issued"));
  }

  private Look disk(Path data) throws IOException {
    FileStore disk = Files.getFileStore(data);
    return disk(disk.getUsableSpace(), disk.getTotalSpace());
  }

  static Look disk(long free, long total) {
    return Look.when(
        free < DISK_FLOOR || free < total / DISK_TWENTIETHS,
        "free: " + (free >> 20) + " MiB of " + (total >> 20) + " MiB");
  }

  /// Makes those that are due, asked for or not.
  private Look lists() {
    return lists(revocationData, foreignLists);
  }

  static Look lists(RevocationData ours, ForeignLists others) {
    List<String> overdue = new ArrayList<>(ours.overdueLists());
    overdue.addAll(others.overdue());
    return overdue.isEmpty()
        ? new Look.Fine("each says all")
        : new Look.Wrong(
            overdue.size() + ": " + overdue.stream().limit(5).collect(Collectors.joining(", ")));
  }

  private Look backups(Duration every) {
    Optional<Ledger.Recorded> last = ledger.newestBackup();
    Optional<Instant> since =
        last.or(() -> ledger.after(0, 1).stream().findFirst())
            .map(recorded -> Entry.ofCanonical(recorded.canonical()).at());
    return backups(last.isPresent(), since, every, time.instant());
  }

  /// @param made whether a backup ever was
  /// @param since when the last one was made, else the first entry of the ledger
  static Look backups(boolean made, Optional<Instant> since, Duration every, Instant now) {
    boolean overdue = since.filter(at -> at.plus(every).isBefore(now)).isPresent();
    String due = since.map(at -> ", one is due by " + at.plus(every)).orElse("");
    String last = made ? "the last one: " + since.orElseThrow() : "none was ever made";
    return Look.when(overdue, last + due);
  }

  private Look tokens() {
    Instant soon = time.instant().plus(TOKEN_NOTICE);
    Instant now = time.instant();
    List<Instant> ends =
        inventory.apiTokens().stream()
            .map(ApiToken::expiresAt)
            .flatMap(Optional::stream)
            .filter(end -> end.isAfter(now) && end.isBefore(soon))
            .sorted()
            .toList();
    return ends.isEmpty()
        ? new Look.Fine("none ends within a week")
        : new Look.Wrong(ends.size() + " within a week, the first at " + ends.getFirst());
  }
}
