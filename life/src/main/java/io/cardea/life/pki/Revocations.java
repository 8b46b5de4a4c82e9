package io.cardea.life.pki;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/// Reads of what a revocation list has to name.
public interface Revocations {
  /// The CRLReason certificateHold: the device is in quarantine, and may come back (R11).
  int CERTIFICATE_HOLD = 6;

  /// The revoked certificates, and those on hold, of an authority's shard that had not expired at
  /// `now`, by serial number.
  List<Revoked> revoked(AuthorityId authority, int shard, Instant now);

  /// @param reasonCode the CRLReason of RFC 5280 §5.3.1
  record Revoked(BigInteger serial, Instant at, int reasonCode) {}
}
