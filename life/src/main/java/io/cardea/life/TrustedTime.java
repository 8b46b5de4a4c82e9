package io.cardea.life;

import java.time.InstantSource;

/// The one clock of the house (R10): set from the database, carried on by the monotonic clock.
///
/// While it is not trusted, nobody issues, retires or judges an expiry by it.
public interface TrustedTime extends InstantSource {
  /// False while the host's clock has stepped or the database's has drifted away.
  boolean trusted();
}
