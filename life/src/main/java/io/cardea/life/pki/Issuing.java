package io.cardea.life.pki;

import io.cardea.life.Refused;

/// Finds the profile by its name and the authority that issues under it.
public interface Issuing {
  /// @throws Refused with [io.cardea.life.Refusal#AUTHORITY_UNAVAILABLE] when there is no such
  ///   profile
  Profile profile(String name) throws Refused;

  /// @throws Refused with [io.cardea.life.Refusal#AUTHORITY_UNAVAILABLE] when nobody issues under
  ///   it
  Issuer issuerFor(Profile profile) throws Refused;

  /// The shard of revocations that the next certificate of this authority goes into; the
  /// certificate is counted.
  default int nextShard(Authority authority) {
    return 0;
  }
}
