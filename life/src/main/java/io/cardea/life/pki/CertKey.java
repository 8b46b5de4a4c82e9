package io.cardea.life.pki;

import java.util.Set;

/// The kinds of key that a certificate may hold, each with the one scheme that such a key of ours
/// signs with. Only sound combinations have a name: there is no pair of curve and hash to get
/// wrong.
public enum CertKey {
  EC_P256(SignatureScheme.ECDSA_SHA256),
  EC_P384(SignatureScheme.ECDSA_SHA384),
  /// RSA of 2048 to 4096 bits; keys that we make ourselves have 3072.
  RSA_2048_AND_UP(SignatureScheme.RSA_SHA256),
  /// RFC 8410.
  ED25519(SignatureScheme.ED25519),
  /// RFC 9881, as the two below; in order of strength.
  ML_DSA_44(SignatureScheme.ML_DSA_44),
  ML_DSA_65(SignatureScheme.ML_DSA_65),
  ML_DSA_87(SignatureScheme.ML_DSA_87);

  /// What every TLS engine reads: a profile allows these unless it is told otherwise.
  public static final Set<CertKey> USUAL = Set.of(EC_P256, EC_P384, RSA_2048_AND_UP);

  private final SignatureScheme scheme;

  CertKey(SignatureScheme scheme) {
    this.scheme = scheme;
  }

  /// What a key of this kind signs with when we choose.
  public SignatureScheme scheme() {
    return scheme;
  }

  /// Whether a certificate with such a key can be shown in TLS. No engine here takes ML-DSA; some
  /// take Ed25519.
  public boolean fitsTls() {
    return switch (this) {
      case EC_P256, EC_P384, RSA_2048_AND_UP, ED25519 -> true;
      case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> false;
    };
  }

  /// The name of the algorithm of such keys in Java's cryptography architecture.
  public String jcaName() {
    return switch (this) {
      case EC_P256, EC_P384 -> "EC";
      case RSA_2048_AND_UP -> "RSA";
      case ED25519 -> "Ed25519";
      case ML_DSA_44 -> "ML-DSA-44";
      case ML_DSA_65 -> "ML-DSA-65";
      case ML_DSA_87 -> "ML-DSA-87";
    };
  }
}
