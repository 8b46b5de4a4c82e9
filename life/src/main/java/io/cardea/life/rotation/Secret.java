package io.cardea.life.rotation;

import io.cardea.life.Fingerprint;
import java.util.Optional;

/// What is stored of a credential that is no certificate, beside its digests.
///
/// @param request whose request it answers, so that a retry gets the same (R4): the digest of the
///   key that it is sealed to
/// @param sealed the secret, encrypted to the device that asked for it; until it is proven
/// @param kept the secret, wrapped by a key of the installation, where its holder may need it
///   again; until it is accepted no more
/// @param publicKey of a key pair: what anyone may know, SubjectPublicKeyInfo
public record Secret(
    Optional<Fingerprint> request,
    Optional<byte[]> sealed,
    Optional<byte[]> kept,
    Optional<byte[]> publicKey) {

  /// Of a secret whose digests are all that is known.
  public static final Secret DIGESTS =
      new Secret(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public static Secret ofPublicKey(byte[] publicKey) {
    return new Secret(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(publicKey));
  }
}
