package io.cardea.life;

import java.time.InstantSource;

/// The one clock (R10): everyone who judges an expiry, opens a window or issues takes this and no
/// other source of time.
///
/// Guarantees that `instant()` never goes backwards within one process. Does not guarantee that the
/// instant is right: ask `trusted()` in the same use case, and while it is false refuse to issue,
/// to retire and to judge an expiry (the caller may try again later), since a clock that stepped
/// would lock out healthy devices.
public interface TrustedTime extends InstantSource {
  /// Whether the sources of time agree, and have agreed for a while.
  boolean trusted();
}
