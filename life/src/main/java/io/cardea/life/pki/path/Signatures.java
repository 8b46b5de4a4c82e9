package io.cardea.life.pki.path;

import io.cardea.life.Refused;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.SignatureScheme;
import io.cardea.life.pki.SubjectPublicKey;
import io.cardea.life.pki.WeakKeys;
import java.util.Optional;

/// Which signatures count, and whether they verify.
interface Signatures {
  /// Why the signature is not good, if it is not.
  ///
  /// @param issuerKey SubjectPublicKeyInfo, DER
  /// @param algorithm AlgorithmIdentifier, DER
  Optional<String> refusal(byte[] issuerKey, byte[] algorithm, byte[] toBeSigned, byte[] signature);

  /// Why the key is none that a certificate may hold, if it is not.
  Optional<String> refusalOf(byte[] key);

  /// The schemes and keys that Cardea accepts anywhere.
  static Signatures strong(CryptoBackend crypto) {
    return new Signatures() {
      @Override
      public Optional<String> refusal(
          byte[] issuerKey, byte[] algorithm, byte[] toBeSigned, byte[] signature) {
        Optional<SignatureScheme> scheme = SignatureScheme.byAlgorithmIdentifier(algorithm);
        if (scheme.isEmpty()) {
          return Optional.of("it is signed by an algorithm that is weak or not known here");
        }
        try {
          SubjectPublicKey key = SubjectPublicKey.of(issuerKey);
          WeakKeys.require(key, crypto);
          if (!scheme.get().fits(key.kind())) {
            return Optional.of("its algorithm is not one for the issuer's kind of key");
          }
          return crypto.verify(scheme.get(), key, toBeSigned, signature)
              ? Optional.empty()
              : Optional.of("it does not verify under the issuer's key");
        } catch (Refused e) {
          return Optional.of("the issuer's key: " + e.detail());
        }
      }

      @Override
      public Optional<String> refusalOf(byte[] key) {
        try {
          WeakKeys.require(SubjectPublicKey.of(key), crypto);
          return Optional.empty();
        } catch (Refused e) {
          return Optional.of(e.detail());
        }
      }
    };
  }
}
