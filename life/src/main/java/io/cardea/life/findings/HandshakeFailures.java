package io.cardea.life.findings;

import io.cardea.life.Fingerprint;
import io.cardea.life.ledger.Commits.StoreFailure;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Remembers failed handshakes, in bounded space. Not the ledger: what strangers do at the door is
/// no act of ours, and they must not be able to fill it.
public interface HandshakeFailures {
  int MAX_READ = 1_000;

  /// Adds to what is known: those of the same source, reason, detail and certificates are one, with
  /// the times added up.
  ///
  /// @throws StoreFailure when the store does not answer
  void add(List<FailedHandshakes> failures);

  /// Those in which one of these was shown, or was proven before from the same source; the last
  /// ones first.
  List<FailedHandshakes> of(Set<Fingerprint> certificates, int limit);

  /// The last ones first.
  List<FailedHandshakes> newest(Optional<String> source, int limit);

  /// Forgets what ended before `oldest`, and beyond that all but the newest `most` of those that
  /// are attributed, and of those that are not.
  void forget(Instant oldest, int most);
}
