package io.cardea.life.pki;

import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.HexFormat;
import java.util.Optional;

/// The signatures that Cardea accepts. Weak or unusual pairs (SHA-1, PSS with odd parameters) have
/// no name here, so they cannot be asked for. What keys of ours sign with, [CertKey#scheme] says.
public enum SignatureScheme {
  ECDSA_SHA256("SHA256withECDSA", "300a06082a8648ce3d040302"),
  ECDSA_SHA384("SHA384withECDSA", "300a06082a8648ce3d040303"),
  ECDSA_SHA512("SHA512withECDSA", "300a06082a8648ce3d040304"),
  RSA_SHA256("SHA256withRSA", "300d06092a864886f70d01010b0500"),
  RSA_SHA384("SHA384withRSA", "300d06092a864886f70d01010c0500"),
  RSA_SHA512("SHA512withRSA", "300d06092a864886f70d01010d0500"),
  /// RFC 4055 §3.1, with one hash throughout and a salt of its length (RFC 8446 §4.2.3); the key is
  /// a plain RSA key.
  RSA_PSS_SHA256(
      "RSASSA-PSS",
      "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a"
          + "06092a864886f70d010108300d06096086480165030402010500a203020120"),
  RSA_PSS_SHA384(
      "RSASSA-PSS",
      "304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a"
          + "06092a864886f70d010108300d06096086480165030402020500a203020130"),
  RSA_PSS_SHA512(
      "RSASSA-PSS",
      "304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a"
          + "06092a864886f70d010108300d06096086480165030402030500a203020140"),
  ED25519("Ed25519", "300506032b6570"),
  ML_DSA_44("ML-DSA-44", "300b0609608648016503040311"),
  ML_DSA_65("ML-DSA-65", "300b0609608648016503040312"),
  ML_DSA_87("ML-DSA-87", "300b0609608648016503040313");

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

  /// What has to be set beside the name.
  public Optional<PSSParameterSpec> parameters() {
    return switch (this) {
      case RSA_PSS_SHA256 -> pss("SHA-256", MGF1ParameterSpec.SHA256, 32);
      case RSA_PSS_SHA384 -> pss("SHA-384", MGF1ParameterSpec.SHA384, 48);
      case RSA_PSS_SHA512 -> pss("SHA-512", MGF1ParameterSpec.SHA512, 64);
      case ECDSA_SHA256,
          ECDSA_SHA384,
          ECDSA_SHA512,
          RSA_SHA256,
          RSA_SHA384,
          RSA_SHA512,
          ED25519,
          ML_DSA_44,
          ML_DSA_65,
          ML_DSA_87 ->
          Optional.empty();
    };
  }

  private static Optional<PSSParameterSpec> pss(String hash, MGF1ParameterSpec mask, int salt) {
    return Optional.of(new PSSParameterSpec(hash, "MGF1", mask, salt, 1));
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
      case RSA_SHA256, RSA_SHA384, RSA_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512 ->
          kind == CertKey.RSA_2048_AND_UP;
      case ED25519 -> kind == CertKey.ED25519;
      case ML_DSA_44 -> kind == CertKey.ML_DSA_44;
      case ML_DSA_65 -> kind == CertKey.ML_DSA_65;
      case ML_DSA_87 -> kind == CertKey.ML_DSA_87;
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
