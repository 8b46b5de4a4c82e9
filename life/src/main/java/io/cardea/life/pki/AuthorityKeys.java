package io.cardea.life.pki;

import io.cardea.life.Refused;

/// Makes and opens the keys of authorities. The caller stores what [#create] returns; it is of no
/// use without the wrapping key, token or TPM behind this port.
public interface AuthorityKeys {
  /// A fresh key, in the form in which it is stored.
  ///
  /// @throws Refused with [io.cardea.life.Refusal#AUTHORITY_UNAVAILABLE] if that home is out of
  ///   reach, or [io.cardea.life.Refusal#KEY_NOT_ALLOWED] if it makes no such keys
  WrappedKey create(CertKey kind, KeyHome home) throws Refused;

  /// A fresh key in software.
  default WrappedKey create(CertKey kind) throws Refused {
    return create(kind, KeyHome.SOFTWARE);
  }

  /// Takes over a private key in PKCS#8, and wraps it as one in software. The caller wipes its
  /// copy.
  ///
  /// @throws Refused with [io.cardea.life.Refusal#REQUEST_MALFORMED] if it does not fit its public
  ///   half
  WrappedKey adopt(SubjectPublicKey publicKey, byte[] pkcs8) throws Refused;

  /// A key that is in the token already, by its label or the hexadecimal digits of its id, and
  /// stays there.
  ///
  /// @throws Refused with [io.cardea.life.Refusal#NOT_FOUND] if there is none, or more than one
  WrappedKey inToken(SubjectPublicKey publicKey, String labelOrId) throws Refused;

  /// Opens a stored key for signing.
  ///
  /// @throws Refused with [io.cardea.life.Refusal#AUTHORITY_UNAVAILABLE] if it was wrapped
  ///   elsewhere, altered, or is out of reach
  AuthorityKey open(WrappedKey key) throws Refused;
}
