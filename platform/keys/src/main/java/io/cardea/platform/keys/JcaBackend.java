package io.cardea.platform.keys;

import io.cardea.life.pki.CertKey;
import io.cardea.life.pki.CryptoBackend;
import io.cardea.life.pki.SignatureScheme;
import io.cardea.life.pki.SubjectPublicKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.EnumMap;
import java.util.Map;

/// Signing and verifying with two providers, held as objects: what else is installed in the JVM,
/// and in which order, does not matter here.
final class JcaBackend implements CryptoBackend {
  private static final int OWN_RSA_BITS = 3072;

  private final String name;
  private final Provider ec;
  private final Provider rsa;
  private final KeyFactory ecKeys;
  private final KeyFactory rsaKeys;
  private final Map<SignatureScheme, Pool<Signature>> signers =
      new EnumMap<>(SignatureScheme.class);
  private final Map<SignatureScheme, Pool<Signature>> verifiers =
      new EnumMap<>(SignatureScheme.class);

  /// Fails at once if a provider lacks something.
  JcaBackend(Provider ec, Provider rsa) throws GeneralSecurityException {
    this.name =
        ec.equals(rsa)
            ? ec.getName() + " " + ec.getVersionStr()
            : ec.getName() + " " + ec.getVersionStr() + " with " + rsa.getName();
    this.ec = ec;
    this.rsa = rsa;
    this.ecKeys = KeyFactory.getInstance("EC", ec);
    this.rsaKeys = KeyFactory.getInstance("RSA", rsa);
    for (SignatureScheme scheme : SignatureScheme.values()) {
      Provider provider = scheme.fits(CertKey.RSA_2048_AND_UP) ? rsa : ec;
      Pool.Maker<Signature> maker = () -> Signature.getInstance(scheme.jcaName(), provider);
      Pool<Signature> pool = new Pool<>(maker);
      pool.giveBack(maker.make());
      signers.put(scheme, pool);
      verifiers.put(scheme, new Pool<>(maker));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean verify(
      SignatureScheme scheme, SubjectPublicKey key, byte[] data, byte[] signature) {
    if (!scheme.fits(key.kind())) {
      return false;
    }
    Pool<Signature> pool = pool(verifiers, scheme);
    try {
      Signature verifier = pool.take();
      verifier.initVerify(keys(key.kind()).generatePublic(new X509EncodedKeySpec(key.der())));
      verifier.update(data);
      boolean valid = verifier.verify(signature);
      pool.giveBack(verifier);
      return valid;
    } catch (GeneralSecurityException e) {
      return false; // A signature or a key that the provider cannot read proves nothing.
    }
  }

  @Override
  public KeyPair generateKeyPair(CertKey kind) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(kind.jcaName(), kind == CertKey.RSA_2048_AND_UP ? rsa : ec);
      switch (kind) {
        case EC_P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case EC_P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
        case RSA_2048_AND_UP -> generator.initialize(OWN_RSA_BITS);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(name + " cannot make a key: " + kind, e);
    }
  }

  @Override
  public PrivateKey privateKey(CertKey kind, byte[] pkcs8) {
    try {
      return keys(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      // Without the cause: what a provider says about a key that it cannot read may quote it.
      throw new IllegalArgumentException("not a private key in PKCS#8: " + kind);
    }
  }

  @Override
  public byte[] sign(SignatureScheme scheme, PrivateKey key, byte[] data) {
    Pool<Signature> pool = pool(signers, scheme);
    try {
      Signature signer = pool.take();
      signer.initSign(key);
      signer.update(data);
      byte[] signature = signer.sign();
      pool.giveBack(signer);
      return signature;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(name + " cannot sign: " + scheme, e);
    }
  }

  private KeyFactory keys(CertKey kind) {
    return kind == CertKey.RSA_2048_AND_UP ? rsaKeys : ecKeys;
  }

  private static Pool<Signature> pool(
      Map<SignatureScheme, Pool<Signature>> pools, SignatureScheme scheme) {
    Pool<Signature> pool = pools.get(scheme);
    if (pool == null) {
      throw new IllegalArgumentException("scheme: " + scheme);
    }
    return pool;
  }

  @Override
  public String toString() {
    return name;
  }
}
