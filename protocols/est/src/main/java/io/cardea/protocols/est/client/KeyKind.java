package io.cardea.protocols.est.client;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/// The keys that a device of ours makes for itself, each with the one signature it is used with.
public enum KeyKind {
  EC_P256("EC", "SHA256withECDSA"),
  EC_P384("EC", "SHA384withECDSA"),
  RSA_2048("RSA", "SHA256withRSA"),
  RSA_3072("RSA", "SHA256withRSA");

  private final String algorithm;
  private final String signature;

  KeyKind(String algorithm, String signature) {
    this.algorithm = algorithm;
    this.signature = signature;
  }

  /// Makes a fresh key pair, from the platform's secure randomness.
  public KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      switch (this) {
        case EC_P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case EC_P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
        case RSA_2048 ->
            generator.initialize(new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
        case RSA_3072 ->
            generator.initialize(new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform cannot make " + this + " keys", e);
    }
  }

  /// The signature algorithm for a key that may have been made elsewhere.
  static String signatureFor(PublicKey key) {
    return switch (key.getAlgorithm()) {
      case "EC" ->
          key instanceof ECPublicKey ec && ec.getParams().getCurve().getField().getFieldSize() > 256
              ? EC_P384.signature
              : EC_P256.signature;
      case "RSA" -> RSA_2048.signature;
      default ->
          throw new IllegalArgumentException(
              "key: " + key.getAlgorithm() + " (expected: EC or RSA)");
    };
  }
}
