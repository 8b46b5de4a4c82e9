package io.cardea.life.enrolment;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import java.time.Duration;

/// What enrolment says. Each protocol has one exhaustive switch over it.
public sealed interface Answer {
  /// A certificate, durable before anyone sees it.
  ///
  /// @param certificate DER
  /// @param again whether it is the answer to a retry (R4)
  record Issued(DeviceId device, CredentialId credential, byte[] certificate, boolean again)
      implements Answer {}

  /// Not now; the same request later.
  record Wait(Duration retryAfter) implements Answer {}

  /// Too often, by one of [RequestLimits].
  record TooOften(Refusal refusal, Duration retryAfter) implements Answer {}

  /// @param detail may be shown; never a secret
  record Declined(Refusal refusal, String detail) implements Answer {}
}
