package io.cardea.life.ledger;

import java.util.List;
import java.util.Optional;

/// Reads of what is remembered, paged by key. Writing is [Commits] alone.
public interface Ledger {
  /// The entries after this number, oldest first, at most `limit` of them (1 to 1,000).
  List<Recorded> after(long number, int limit);

  /// The newest entries about a device, newest first, at most `limit` of them (1 to 1,000).
  List<Recorded> newestAbout(String device, int limit);

  /// The newest entry that says that this database was copied whole, or filled from such a copy.
  Optional<Recorded> newestBackup();

  /// The number up to which all is settled: an entry that is not there by now with this number or a
  /// lower one never comes. Entries that are written at the same time become visible in any order,
  /// so whoever reads on from a number reads no further than this.
  long settled();

  /// An entry with its place. Numbers grow in the order of writing and have gaps.
  ///
  /// @param canonical the stored bytes of the entry
  record Recorded(long number, EntryKind kind, Optional<String> device, byte[] canonical) {}
}
