package io.cardea.life.pki;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;

/// The plainest backend: whatever the JVM prefers, a new object each time. Slow, and obviously
/// right.
public final class JdkBackend implements CryptoBackend {
  @Override
  public String name() {
    return "JDK";
  }

  @Override
  public boolean verify(
      SignatureScheme scheme, SubjectPublicKey key, byte[] data, byte[] signature) {
    if (!scheme.fits(key.kind())) {
      return false;
    }
    try {
      Signature verifier = signature(scheme);
      verifier.initVerify(
          KeyFactory.getInstance(key.kind().jcaName())
              .generatePublic(new X509EncodedKeySpec(key.der())));
      verifier.update(data);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Signature signature(SignatureScheme scheme) throws GeneralSecurityException {
    Signature made = Signature.getInstance(scheme.jcaName());
    if (scheme.parameters().isPresent()) {
      made.setParameter(scheme.parameters().get());
    }
    return made;
  }

  @Override
  public KeyPair generateKeyPair(CertKey kind) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.jcaName());
      switch (kind) {
        case EC_P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case EC_P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
        case RSA_2048_AND_UP -> generator.initialize(2048);
        case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 -> {}
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public PrivateKey privateKey(CertKey kind, byte[] pkcs8) {
    try {
      return KeyFactory.getInstance(kind.jcaName()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a private key in PKCS#8: " + kind);
    }
  }

  @Override
  public byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] data) {
    try {
      Signature signer = signature(scheme);
      signer.initSign(key);
      signer.update(data);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
