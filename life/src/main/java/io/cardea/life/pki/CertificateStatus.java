package io.cardea.life.pki;

import java.time.Instant;

/// What an authority says of a serial number (RFC 6960 §2.2).
public sealed interface CertificateStatus {
  /// Issued, and neither revoked nor on hold. It may have expired.
  record Good() implements CertificateStatus {}

  /// Revoked for good, or on hold: reason 6.
  ///
  /// @param reasonCode the CRLReason of RFC 5280 §5.3.1
  record Revoked(Instant at, int reasonCode) implements CertificateStatus {}

  /// Never issued by this authority, as far as anyone knows.
  record Unknown() implements CertificateStatus {}
}
