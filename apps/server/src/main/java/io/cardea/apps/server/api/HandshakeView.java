package io.cardea.apps.server.api;

import io.cardea.life.Fingerprint;
import io.cardea.life.findings.FailedHandshakes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// @param shown the SHA-256 of the certificate that was shown; its key was not proven
/// @param before the SHA-256 of the certificate that was last proven from this source
record HandshakeView(
    Instant first,
    Instant last,
    long times,
    String source,
    String reason,
    String detail,
    @Nullable String shown,
    @Nullable String before) {

  static HandshakeView of(FailedHandshakes failed) {
    return new HandshakeView(
        failed.first(),
        failed.last(),
        failed.times(),
        failed.source(),
        failed.reason(),
        failed.detail(),
        failed.shown().map(Fingerprint::hex).orElse(null),
        failed.before().map(Fingerprint::hex).orElse(null));
  }
}
