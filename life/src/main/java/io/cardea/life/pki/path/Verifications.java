package io.cardea.life.pki.path;

import io.cardea.life.Fingerprint;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Verifies each signature once, and no more of them than one judgement may cost.
final class Verifications {
  private static final String TOO_MANY = "too many signatures would have to be verified";

  private final Signatures signatures;
  private final Map<Pair, Optional<String>> known = new HashMap<>();
  private int left = PathLimits.VERIFICATIONS;

  private record Pair(Fingerprint signed, Fingerprint key) {}

  Verifications(Signatures signatures) {
    this.signatures = signatures;
  }

  /// Why the certificate's key is none that counts, if so.
  Optional<String> refusalOfKey(PathCertificate certificate) {
    return signatures.refusalOf(certificate.publicKeyInfo);
  }

  /// Why the certificate is not signed by that one, if it is not.
  Optional<String> refusal(PathCertificate certificate, PathCertificate issuer) {
    try {
      byte[] algorithm = certificate.parsed.getSignatureAlgorithm().getEncoded();
      if (!Arrays.equals(
          algorithm, certificate.parsed.getTBSCertificate().getSignature().getEncoded())) {
        return Optional.of("the algorithm inside differs from the one outside");
      }
      return refusal(
          certificate.certificate.fingerprint(),
          issuer.publicKeyInfo,
          algorithm,
          certificate.toBeSigned,
          certificate.parsed.getSignature().getOctets());
    } catch (IOException | IllegalStateException e) {
      return Optional.of("the signature cannot be read");
    }
  }

  Optional<String> refusal(RevocationList list, PathCertificate issuer) {
    return refusal(
        list.fingerprint(),
        issuer.publicKeyInfo,
        list.algorithm(),
        list.toBeSigned(),
        list.signature());
  }

  private Optional<String> refusal(
      Fingerprint signed, byte[] key, byte[] algorithm, byte[] toBeSigned, byte[] signature) {
    Pair pair = new Pair(signed, Fingerprint.of(key));
    Optional<String> before = known.get(pair);
    if (before != null) {
      return before;
    }
    if (left == 0) {
      return Optional.of(TOO_MANY);
    }
    left--;
    Optional<String> refusal = signatures.refusal(key, algorithm, toBeSigned, signature);
    known.put(pair, refusal);
    return refusal;
  }

  boolean exhausted() {
    return left == 0;
  }
}
