package io.cardea.life.pki;

/// The kinds of key that a certificate may hold, each with the one scheme that such a key of ours
/// signs with. Only sound combinations have a name: there is no pair of curve and hash to get
/// wrong.
public enum CertKey {
  EC_P256(SignatureScheme.ECDSA_SHA256),
  EC_P384(SignatureScheme.ECDSA_SHA384),
  /// RSA of 2048 to 4096 bits; keys that we make ourselves have 3072.
  RSA_2048_AND_UP(SignatureScheme.RSA_SHA256);

  private final SignatureScheme scheme;

  CertKey(SignatureScheme scheme) {
    this.scheme = scheme;
  }

  /// What a key of this kind signs with when we choose.
  public SignatureScheme scheme() {
    return scheme;
  }

  /// The name of the algorithm of such keys in Java's cryptography architecture.
  public String jcaName() {
    return switch (this) {
      case EC_P256, EC_P384 -> "EC";
      case RSA_2048_AND_UP -> "RSA";
    };
  }
}
