package io.cardea.apps.server.revocation;

import io.cardea.life.TrustedTime;
import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Shards;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Says into which shard the next certificate goes, from memory, and counts it.
///
/// The counts reach the store every second. A process that dies takes at most a second of them
/// along, and that shard gets so many certificates more: a shard is never closed too early.
public final class ShardCounter {
  private final Shards store;
  private final TrustedTime time;
  private final Map<AuthorityId, Counted> authorities = new ConcurrentHashMap<>();

  private static final class Counted {
    private final Map<Integer, LongAdder> issued = new ConcurrentHashMap<>();
    private volatile int newest;

    private Counted(int newest) {
      this.newest = newest;
    }
  }

  public ShardCounter(Shards store, TrustedTime time) {
    this.store = store;
    this.time = time;
  }

  /// The first call for an authority asks the store.
  public int next(AuthorityId authority) {
    Counted counted =
        authorities.computeIfAbsent(
            authority, id -> new Counted(store.count(id, Map.of(), time.instant())));
    int shard = counted.newest;
    counted.issued.computeIfAbsent(shard, _ -> new LongAdder()).increment();
    return shard;
  }

  /// Hands over what was counted. What the store does not take now is handed over next time.
  public void flush() {
    authorities.forEach((authority, counted) -> {
      Map<Integer, Long> some = new HashMap<>();
      counted.issued.forEach((shard, adder) -> {
        long count = adder.sum();
        if (count > 0) {
          some.put(shard, count);
        }
      });
      if (!some.isEmpty()) {
        counted.newest = store.count(authority, some, time.instant());
        some.forEach((shard, count) -> subtract(counted, shard, count));
      }
    });
  }

  private static void subtract(Counted counted, int shard, long count) {
    LongAdder adder = counted.issued.get(shard);
    if (adder != null) {
      adder.add(-count);
    }
  }
}
