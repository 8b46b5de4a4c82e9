package io.cardea.life.ledger;

import java.util.List;
import java.util.Optional;

/// Reads of what is remembered, paged by key. Writing is [Commits] alone.
public interface Ledger {
  /// The entries after this number, oldest first, at most `limit` of them (1 to 1,000).
  List<Recorded> after(long number, int limit);

  /// The newest entries about a device, newest first, at most `limit` of them (1 to 1,000).
  List<Recorded> newestAbout(String device, int limit);

  /// An entry with its place. Numbers grow in the order of writing and have gaps.
  ///
  /// @param canonical the stored bytes of the entry
  record Recorded(long number, EntryKind kind, Optional<String> device, byte[] canonical) {}
}
