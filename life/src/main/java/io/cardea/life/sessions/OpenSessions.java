package io.cardea.life.sessions;

import io.cardea.life.inventory.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The sessions that are open, as enforcement points told. Not the ledger: that remembers the end
/// of those that had to end.
///
/// A session that is written after a decision to revoke its credential, or to quarantine or scrap
/// its device, is refused ([#open] names the version of the slot that it was judged by); one that
/// was written before is marked by that decision's commit. So none slips through.
public interface OpenSessions {
  /// Remembers a session, durably. The same again changes nothing; another one of the same name
  /// takes its place.
  Opened open(Session session, long slotVersion);

  /// What became of it.
  enum Opened {
    OPEN,
    /// The slot was stepped since: judge again.
    STALE,
    /// The device has [Session#MOST_OF_A_DEVICE] open.
    TOO_MANY
  }

  Optional<Session> session(Reporter reporter, String id);

  /// Forgets a session, unless it has to end: its end is a [SessionChange.EndSession].
  ///
  /// @return whether it is gone
  boolean close(Reporter reporter, String id);

  /// Forgets at most `limit` sessions of the reporter that need not end.
  ///
  /// @return how many
  int closeAll(Reporter reporter, int limit);

  /// Those that have to end, the longest waiting first.
  List<Session> toEnd(Reporter reporter, int limit);

  /// At most [Session#MOST_OF_A_DEVICE].
  List<Session> sessionsOf(DeviceId device);

  /// The reporter is alive until then, as far as anybody knows.
  void renew(Reporter reporter, Instant until);

  /// The same, from its own mouth.
  ///
  /// @return whether it was heard of before, and not forgotten since; if not, it has sessions that
  ///   nobody knows, or none
  boolean heard(Reporter reporter, Instant until);

  /// Those whose time was over at `now`.
  List<Reporter> silent(Instant now, int limit);

  /// A silent reporter that has no session any more.
  void forget(Reporter reporter);
}
