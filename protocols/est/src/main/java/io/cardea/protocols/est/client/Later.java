package io.cardea.protocols.est.client;

import java.time.Duration;

/// Not now; the same request again after this long (202, 429 or 503 with `Retry-After`).
///
/// @param after from 0 to 7 days, whatever the server said
/// @param code the stable code, or empty when none was given
public record Later(Duration after, String code)
    implements EnrolAnswer, CaAnswer, RenewalAnswer, Admission {}
