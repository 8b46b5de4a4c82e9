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

  /// Tells one, then the other.
  static StatusListener both(StatusListener one, StatusListener other) {
    return new StatusListener() {
      @Override
      public void moved(AuthorityId authority, int shard, long position) {
        one.moved(authority, shard, position);
        other.moved(authority, shard, position);
      }

      @Override
      public void changed(AuthorityId authority, List<Serial> serials) {
        one.changed(authority, serials);
        other.changed(authority, serials);
      }

      @Override
      public void lost() {
        one.lost();
        other.lost();
      }

      @Override
      public void confirmed(long nanos) {
        one.confirmed(nanos);
        other.confirmed(nanos);
      }
    };
  }
}
