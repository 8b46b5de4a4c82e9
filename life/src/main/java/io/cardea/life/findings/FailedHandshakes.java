package io.cardea.life.findings;

import io.cardea.life.Fingerprint;
import java.time.Instant;
import java.util.Optional;

/// Handshakes that ended without a connection, all of one kind from one source.
///
/// @param source the address, in text
/// @param reason why it ended, one word
/// @param detail the alert that the client sent, or the fault that we found; may be empty
/// @param shown the certificate that the client showed before it ended. Its key was not proven:
///   anybody may show anybody's certificate.
/// @param before the certificate that was last proven from this source, at this replica: likely the
///   same device, unless many stand behind one address
/// @param times how often
public record FailedHandshakes(
    String source,
    String reason,
    String detail,
    Optional<Fingerprint> shown,
    Optional<Fingerprint> before,
    Instant first,
    Instant last,
    long times) {

  /// Whether anything says whose it was. Those that nobody can be found for are the first to be
  /// forgotten.
  public boolean attributed() {
    return shown.isPresent() || before.isPresent();
  }
}
