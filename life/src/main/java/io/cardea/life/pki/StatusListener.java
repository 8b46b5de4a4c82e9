package io.cardea.life.pki;

import java.util.List;

/// Is told of changes of status, on one thread, in the order of the changes.
public interface StatusListener {
  /// A shard is at this position now.
  void moved(AuthorityId authority, int shard, long position);

  /// These certificates of the authority have another status than before.
  void changed(AuthorityId authority, List<Serial> serials);

  /// The database is at an earlier state than before: whatever was remembered is void.
  void lost();

  /// All that had changed by this moment has been told.
  ///
  /// @param nanos of [System#nanoTime]
  void confirmed(long nanos);
}
