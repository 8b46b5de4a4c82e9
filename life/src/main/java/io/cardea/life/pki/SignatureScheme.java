package io.cardea.life.pki;

import java.util.HexFormat;
import java.util.Optional;

/// The signatures that Cardea accepts. Weak or unusual pairs (SHA-1, PSS with odd parameters) have
/// no name here, so they cannot be asked for.
public enum SignatureScheme {
  ECDSA_SHA256("SHA256withECDSA", "300a06082a8648ce3d040302"),
  ECDSA_SHA384("SHA384withECDSA", "300a06082a8648ce3d040303"),
  ECDSA_SHA512("SHA512withECDSA", "300a06082a8648ce3d040304"),
  RSA_SHA256("SHA256withRSA", "300d06092a864886f70d01010b0500"),
  RSA_SHA384("SHA384withRSA", "300d06092a864886f70d01010c0500"),
  RSA_SHA512("SHA512withRSA", "300d06092a864886f70d01010d0500");

  private final String jcaName;
  private final String algorithmIdentifier;

  SignatureScheme(String jcaName, String algorithmIdentifier) {
    this.jcaName = jcaName;
    this.algorithmIdentifier = algorithmIdentifier;
  }

  /// The name of the scheme in Java's cryptography architecture.
  public String jcaName() {
    return jcaName;
  }

  /// The DER of the AlgorithmIdentifier, the only encoding that is accepted for this scheme.
  public byte[] algorithmIdentifier() {
    return HexFormat.of().parseHex(algorithmIdentifier);
  }

  /// Whether a key of this kind can make such a signature.
  public boolean fits(CertKey kind) {
    return switch (this) {
      case ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512 ->
          kind == CertKey.EC_P256 || kind == CertKey.EC_P384;
      case RSA_SHA256, RSA_SHA384, RSA_SHA512 -> kind == CertKey.RSA_2048_AND_UP;
    };
  }

  /// The scheme whose AlgorithmIdentifier has exactly this encoding.
  public static Optional<SignatureScheme> byAlgorithmIdentifier(byte[] der) {
    String hex = HexFormat.of().formatHex(der);
    for (SignatureScheme scheme : values()) {
      if (scheme.algorithmIdentifier.equals(hex)) {
        return Optional.of(scheme);
      }
    }
    return Optional.empty();
  }
}
