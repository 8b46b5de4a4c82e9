package io.cardea.life.secrets;

import io.cardea.life.Refusal;
import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.CredentialKind;
import io.cardea.life.rotation.RenewalWindow;
import java.time.Duration;
import java.time.Instant;

/// What a device is told that asks for a secret.
public sealed interface SecretAnswer {
  /// @param sealed CMS EnvelopedData that only the device can open; of a public key that was
  ///   registered, nothing
  /// @param again whether it is the answer to a retry (R4)
  record Issued(
      CredentialId credential,
      CredentialKind.Secret kind,
      RenewalWindow renewal,
      Instant notAfter,
      byte[] sealed,
      boolean again)
      implements SecretAnswer {}

  /// Not now; the same request later.
  record Wait(Duration retryAfter) implements SecretAnswer {}

  /// @param detail may be shown; never a secret
  record Declined(Refusal refusal, String detail) implements SecretAnswer {}
}
