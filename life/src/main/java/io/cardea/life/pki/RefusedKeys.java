package io.cardea.life.pki;

import io.cardea.life.Fingerprint;

/// Public keys whose private halves are known to others, by the fingerprint of the
/// SubjectPublicKeyInfo: those of a generator that made few, or those that were lost.
@FunctionalInterface
public interface RefusedKeys {
  boolean contains(Fingerprint key);
}
