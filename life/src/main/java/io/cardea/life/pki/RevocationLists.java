package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.life.pki.Revocations.Revoked;
import io.cardea.life.pki.Revocations.Shard;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Publishes the revocation lists (RFC 5280 §5), one for each shard of each authority.
///
/// A list is made when somebody asks for it and it does not say all: the last list with what was
/// revoked since, so that it costs what the shard is large, and nothing that grows with the fleet.
/// Of replicas that make the next one at the same time one publishes, and all serve its bytes.
///
/// A list never shrinks for no reason. An entry leaves when its certificate expired before the last
/// list, or when it was released from a hold; one that the store cannot account for any more stays,
/// and the observer is told.
public final class RevocationLists {
  /// From one list to the time by which there is another one.
  public static final Duration LIFE = Duration.ofDays(1);

  /// A list of this age is made anew though nothing changed.
  public static final Duration SIGN_AGAIN = Duration.ofHours(6);

  private static final int ATTEMPTS = 20;

  private final Revocations store;
  private final Signatories signatories;
  private final PublicUrls urls;
  private final TrustedTime time;
  private final Observer observer;

  /// Is told what was published.
  public interface Observer {
    /// A new list.
    default void published(AuthorityId authority, int shard, Listed list) {}

    /// Entries of the last list that the store knows nothing of. They stay in the list.
    default void unexplained(AuthorityId authority, int shard, List<Serial> serials) {}
  }

  public RevocationLists(
      Revocations store,
      Signatories signatories,
      PublicUrls urls,
      TrustedTime time,
      Observer observer) {
    this.store = store;
    this.signatories = signatories;
    this.urls = urls;
    this.time = time;
    this.observer = observer;
  }

  /// The list that says all that was revoked in the shard when this was called.
  ///
  /// @throws Refused NOT_FOUND if there is no such shard; AUTHORITY_UNAVAILABLE if the key cannot
  ///   sign; CLOCK_UNTRUSTED if a new list is due that cannot be dated
  public Listed current(AuthorityId id, int shard) throws Refused {
    Authority authority =
        signatories
            .authority(id)
            .orElseThrow(() -> new Refused(Refusal.NOT_FOUND, "authority: " + id));
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Shard now = shard(id, shard);
      if (now.list().isPresent() && isCurrent(now, now.list().get())) {
        return now.list().get();
      }
      if (!time.trusted()) {
        throw new Refused(Refusal.CLOCK_UNTRUSTED, "no list is dated by this clock");
      }
      Listed next = next(authority, shard, now);
      // Signed but not released: a list that lost against another replica's was seen by nobody.
      if (store.publish(id, shard, now.list().map(Listed::number).orElse(0L), next)) {
        observer.published(id, shard, next);
        return next;
      }
    }
    throw new Refused(Refusal.OVERLOADED, "the list changes faster than it can be signed");
  }

  private Shard shard(AuthorityId id, int shard) throws Refused {
    Optional<Shard> known = store.shard(id, shard);
    if (known.isEmpty() && shard == 0) {
      return new Shard(0, Optional.empty()); // an authority that has issued nothing yet
    }
    return known.orElseThrow(
        () -> new Refused(Refusal.NOT_FOUND, "shard: " + shard + " of authority " + id));
  }

  private boolean isCurrent(Shard shard, Listed list) {
    return list.through() >= shard.position() && !isOld(list) && CrlEntries.isDer(list.der());
  }

  private boolean isOld(Listed list) {
    return !time.instant().isBefore(list.thisUpdate().plus(SIGN_AGAIN));
  }

  private Listed next(Authority authority, int shard, Shard now) throws Refused {
    Optional<Listed> last = now.list();
    boolean regular = last.isEmpty() || isOld(last.get());
    List<Revoked> rows =
        regular ? List.of() : rows(authority.id(), shard, last.orElseThrow().through());
    boolean append = !regular && rows.stream().noneMatch(row -> row.moved() || row.released());
    CrlEntries entries;
    if (append) {
      entries = CrlEntries.of(last.orElseThrow().der()).with(entries(rows));
    } else {
      rows = rows(authority.id(), shard, 0);
      entries = whole(authority.id(), shard, rows, last);
    }
    long through = Math.max(now.position(), rows.isEmpty() ? 0 : rows.getLast().position());
    Instant at = time.instant();
    // Also above the numbers of a copy from before a restore: time went on.
    long number = Math.max(last.map(Listed::number).orElse(0L) + 1, at.toEpochMilli());
    Crl crl =
        Crl.sign(
            authority,
            signatories.key(authority),
            urls,
            shard,
            authority.crlFloor().add(BigInteger.valueOf(number)),
            at,
            at.plus(LIFE),
            entries);
    return new Listed(number, crl.thisUpdate(), crl.nextUpdate(), through, crl.der());
  }

  /// RFC 5280 §3.3: an entry stays until it was in one list that is younger than its certificate.
  private CrlEntries whole(
      AuthorityId authority, int shard, List<Revoked> rows, Optional<Listed> last) {
    List<Revoked> standing = new ArrayList<>(rows.size());
    Set<Serial> known = new HashSet<>();
    for (Revoked row : rows) {
      known.add(new Serial(row.serial()));
      boolean mayLeave =
          last.isPresent()
              && row.notAfter().isBefore(last.get().thisUpdate())
              && row.position() <= last.get().through();
      if (!row.released() && !mayLeave) {
        standing.add(row);
      }
    }
    CrlEntries entries = CrlEntries.NONE.with(entries(standing));
    if (last.isEmpty()) {
      return entries;
    }
    CrlEntries before = CrlEntries.of(last.get().der());
    List<Serial> unexplained = before.without(known);
    if (unexplained.isEmpty()) {
      return entries;
    }
    observer.unexplained(authority, shard, unexplained);
    return entries.withThoseOf(before, Set.copyOf(unexplained)::contains);
  }

  private List<Revoked> rows(AuthorityId authority, int shard, long after) {
    List<Revoked> all = new ArrayList<>();
    long position = after;
    while (true) {
      List<Revoked> some = store.revoked(authority, shard, position, Revocations.MAX_READ);
      all.addAll(some);
      if (some.size() < Revocations.MAX_READ) {
        return all;
      }
      position = some.getLast().position();
    }
  }

  private static List<Crl.Entry> entries(List<Revoked> rows) {
    return rows.stream()
        .map(row ->
            new Crl.Entry(new Serial(row.serial()), row.at(), row.reasonCode(), row.invalidSince()))
        .toList();
  }
}
