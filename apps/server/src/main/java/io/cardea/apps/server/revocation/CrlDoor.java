package io.cardea.apps.server.revocation;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.TrustedTime;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.RevocationLists;
import io.cardea.life.pki.Revocations.Listed;
import io.cardea.protocols.edge.EdgeRequest;
import io.cardea.protocols.edge.EdgeResponse;
import io.cardea.protocols.edge.Routes;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves revocation lists: from memory while nothing changed, and else the next one, which whoever
/// asks first has made.
public final class CrlDoor {
  private static final Logger log = LoggerFactory.getLogger(CrlDoor.class);
  private static final String SUFFIX = ".crl";
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final int LOCKS = 64;

  private final RevocationLists lists;
  private final Freshness freshness;
  private final TrustedTime time;
  private final long limit;
  private final Map<Freshness.Shard, Kept> kept = new ConcurrentHashMap<>();
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  private record Kept(Listed list, EdgeResponse response, String tag) {}

  /// @param limit how many octets of lists are remembered
  CrlDoor(RevocationLists lists, Freshness freshness, TrustedTime time, long limit) {
    this.lists = lists;
    this.freshness = freshness;
    this.time = time;
    this.limit = limit;
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  public Routes.Builder routes() {
    return Routes.builder().route("GET", "/crl/{authority}/{shard}", this::fromMemory, this::list);
  }

  /// Has the list of a shard made anew, if it is due. Nothing is returned when that went well.
  Optional<String> overdue(Freshness.Shard shard) {
    Kept known = kept.get(shard);
    if (known != null && saysAll(shard, known.list())) {
      return Optional.empty();
    }
    try {
      keep(shard, lists.current(shard.authority(), shard.number()));
      return Optional.empty();
    } catch (Refused refused) {
      if (refused.refusal() == Refusal.NOT_FOUND) {
        return Optional.empty(); // of an authority that this replica learns of in a moment
      }
      return Optional.of(
          "list "
              + shard.number()
              + " of "
              + shard.authority()
              + " ("
              + refused.refusal().code()
              + (known == null ? ")" : "), the last one until " + known.list().nextUpdate()));
    }
  }

  private Optional<EdgeResponse> fromMemory(EdgeRequest request) {
    Optional<Freshness.Shard> shard = shard(request);
    if (shard.isEmpty()) {
      return Optional.of(EdgeResponse.text(404, "no such revocation list"));
    }
    Kept known = kept.get(shard.get());
    return known != null && saysAll(shard.get(), known.list())
        ? Optional.of(answer(request, known))
        : Optional.empty();
  }

  private boolean saysAll(Freshness.Shard shard, Listed list) {
    OptionalLong position = freshness.position(shard);
    return freshness.isFresh()
        && list.through() >= position.orElse(0)
        && time.instant().isBefore(list.thisUpdate().plus(RevocationLists.SIGN_AGAIN));
  }

  private EdgeResponse list(EdgeRequest request) {
    Freshness.Shard shard = shard(request).orElseThrow();
    if (shard.number() > 0 && freshness.isFresh() && freshness.position(shard).isEmpty()) {
      return EdgeResponse.text(404, "no such revocation list");
    }
    ReentrantLock lock = locks[Math.floorMod(shard.hashCode(), LOCKS)];
    lock.lock(); // one of those who wait has the list made, and the others find it
    try {
      Kept known = kept.get(shard);
      if (known == null || !saysAll(shard, known.list())) {
        known = keep(shard, lists.current(shard.authority(), shard.number()));
      }
      return answer(request, known);
    } catch (Refused refused) {
      return refused.refusal() == Refusal.NOT_FOUND
          ? EdgeResponse.text(404, "no such revocation list")
          : lastResort(shard, request, refused);
    } catch (StoreFailure e) {
      return lastResort(shard, request, e);
    } finally {
      lock.unlock();
    }
  }

  /// A list says itself until when it may be believed, so an old one is better than none.
  private EdgeResponse lastResort(Freshness.Shard shard, EdgeRequest request, Exception why) {
    Kept known = kept.get(shard);
    log.warn(
        "no new list of shard {} of {}: {}", shard.number(), shard.authority(), why.toString());
    return known != null && time.instant().isBefore(known.list().nextUpdate())
        ? answer(request, known)
        : EdgeResponse.text(503, "the revocation list cannot be had now").withRetryAfter(RETRY);
  }

  private Kept keep(Freshness.Shard shard, Listed list) {
    String tag = "\"" + list.number() + "\"";
    Instant made = list.thisUpdate();
    Kept fresh =
        new Kept(
            list,
            Caching.dated(EdgeResponse.of(200), made, tag)
                .withBody("application/pkix-crl", list.der()),
            tag);
    kept.put(shard, fresh);
    long octets = kept.values().stream().mapToLong(each -> each.list().der().length).sum();
    if (octets > limit) {
      kept.clear(); // each is a read away
      kept.put(shard, fresh);
    }
    return fresh;
  }

  private static EdgeResponse answer(EdgeRequest request, Kept known) {
    return request.headers().first("If-None-Match").filter(known.tag()::equals).isPresent()
        ? Caching.dated(EdgeResponse.of(304), known.list().thisUpdate(), known.tag())
        : known.response();
  }

  private static Optional<Freshness.Shard> shard(EdgeRequest request) {
    String file = request.capture("shard");
    if (!file.matches("(0|[1-9][0-9]{0,4})\\.crl")) {
      return Optional.empty();
    }
    try {
      int number = Integer.parseInt(file.substring(0, file.length() - SUFFIX.length()));
      return number > Short.MAX_VALUE
          ? Optional.empty()
          : Optional.of(new Freshness.Shard(new AuthorityId(request.capture("authority")), number));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
