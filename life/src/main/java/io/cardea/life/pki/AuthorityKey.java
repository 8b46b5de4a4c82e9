package io.cardea.life.pki;

import io.cardea.life.Refused;

/// The key of an authority: it signs, and never shows itself. Software, PKCS#11 and TPM look the
/// same from here.
///
/// It does not judge what it signs: only [Issuer], [AuthorityMaker] and [Crl] hand it anything.
public interface AuthorityKey {
  SignatureScheme scheme();

  SubjectPublicKey publicKey();

  /// Signs the bytes under [#scheme].
  ///
  /// @throws Refused with [io.cardea.life.Refusal#AUTHORITY_UNAVAILABLE] if the key cannot sign now
  byte[] sign(byte[] toBeSigned) throws Refused;
}
