package io.cardea.apps.server.revocation;

import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.Serial;
import io.cardea.life.pki.StatusListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What this replica knows of the changes that any replica made, and until when.
///
/// What is answered from memory was true within [#BOUND] of the answer. If the database cannot be
/// asked for longer than that, memory is not believed any more.
public final class Freshness implements StatusListener {
  /// A change is seen on every replica within this.
  public static final Duration BOUND = Duration.ofSeconds(1);

  private final StatusMemory memory;
  private final Map<Shard, Long> positions = new ConcurrentHashMap<>();
  private final AtomicLong confirmed = new AtomicLong(System.nanoTime() - BOUND.toNanos());

  record Shard(AuthorityId authority, int number) {}

  /// What forgets when it is told to.
  interface StatusMemory {
    void forget(AuthorityId authority, List<Serial> serials);

    void forgetAll();
  }

  Freshness(StatusMemory memory) {
    this.memory = memory;
  }

  /// Whether what is remembered may be told.
  boolean isFresh() {
    return System.nanoTime() - confirmed.get() <= BOUND.toNanos();
  }

  /// The position of a shard as it was last seen; empty for one that nobody opened.
  OptionalLong position(Shard shard) {
    Long position = positions.get(shard);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  /// Those that are open, as far as this replica knows.
  Set<Shard> shards() {
    return Set.copyOf(positions.keySet());
  }

  @Override
  public void moved(AuthorityId authority, int shard, long position) {
    positions.put(new Shard(authority, shard), position);
  }

  @Override
  public void changed(AuthorityId authority, List<Serial> serials) {
    memory.forget(authority, serials);
  }

  @Override
  public void lost() {
    positions.clear();
    memory.forgetAll();
  }

  @Override
  public void confirmed(long nanos) {
    confirmed.set(nanos);
  }
}
