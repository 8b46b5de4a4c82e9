package io.cardea.life.pki;

import java.time.Instant;
import java.util.Map;

/// The shards that new certificates are put into.
public interface Shards {
  /// A shard is closed when at least so many were issued into it. Issues that were counted and then
  /// failed leave room above the 10,000 that a list should at least be about.
  int FULL = 16_384;

  /// There are no more shards than this to an authority; the last one is never closed.
  int MAX_SHARD = 32_767;

  /// Adds what was issued into shards of the authority since the last call, and opens the next
  /// shard when the newest one is full. Of replicas that do so at the same time one opens it.
  ///
  /// @param issued how many, by shard
  /// @return the newest shard
  int count(AuthorityId authority, Map<Integer, Long> issued, Instant now);
}
