package io.cardea.life.pki;

import io.cardea.life.Refused;

/// Makes and opens the keys of authorities. The caller stores what [#create] returns; it is of no
/// use without the wrapping key, token or TPM behind this port.
public interface AuthorityKeys {
  /// A fresh key, in the form in which it is stored.
  WrappedKey create(CertKey kind) throws Refused;

  /// Opens a stored key for signing.
  ///
  /// @throws Refused with [io.cardea.life.Refusal#AUTHORITY_UNAVAILABLE] if it was wrapped
  ///   elsewhere, altered, or is out of reach
  AuthorityKey open(WrappedKey key) throws Refused;
}
