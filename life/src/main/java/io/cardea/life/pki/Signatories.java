package io.cardea.life.pki;

import io.cardea.life.Refused;
import java.util.Optional;

/// Finds an authority and its key, for what it signs about certificates that it issued.
public interface Signatories {
  Optional<Authority> authority(AuthorityId id);

  /// @throws Refused with [io.cardea.life.Refusal#AUTHORITY_UNAVAILABLE]
  AuthorityKey key(Authority authority) throws Refused;
}
