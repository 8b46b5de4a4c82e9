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
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.EnumMap;
import java.util.Map;

/// Signing and verifying with two providers, held as objects, and with the JDK's own for Ed25519
/// and ML-DSA, whose private keys no two libraries write alike: what else is installed in the JVM,
/// and in which order, does not matter here.
final class JcaBackend implements CryptoBackend {
  private static final int OWN_RSA_BITS = 3072;

  private final String name;
  private final Provider ec;
  private final Provider rsa;
  private final Map<CertKey, KeyFactory> factories = new EnumMap<>(CertKey.class);
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
    for (CertKey kind : CertKey.values()) {
      factories.put(kind, KeyFactory.getInstance(kind.jcaName(), provider(kind)));
    }
    for (SignatureScheme scheme : SignatureScheme.values()) {
      Provider provider = provider(scheme);
      Pool.Maker<Signature> maker =
          () -> {
            Signature made = Signature.getInstance(scheme.jcaName(), provider);
            if (scheme.parameters().isPresent()) {
              made.setParameter(scheme.parameters().get());
            }
            return made;
          };
      Pool<Signature> pool = new Pool<>(maker);
      pool.giveBack(maker.make());
      signers.put(scheme, pool);
      verifiers.put(scheme, new Pool<>(maker));
    }
  }

  private Provider provider(SignatureScheme scheme) {
    for (CertKey kind : CertKey.values()) {
      if (scheme.fits(kind)) {
        return provider(kind);
      }
    }
    throw new IllegalArgumentException("scheme: " + scheme);
  }

  private Provider provider(CertKey kind) {
    return switch (kind) {
      case EC_P256, EC_P384 -> ec;
      case RSA_2048_AND_UP -> rsa;
      case ED25519 -> ofTheJdk("SunEC");
      case ML_DSA_44, ML_DSA_65, ML_DSA_87 -> ofTheJdk("SUN");
    };
  }

  private static Provider ofTheJdk(String name) {
    Provider found = Security.getProvider(name);
    if (found == null) {
      throw new IllegalStateException("this Java platform lacks the provider " + name);
    }
    return found;
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
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.jcaName(), provider(kind));
      switch (kind) {
        case EC_P256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case EC_P384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
        case RSA_2048_AND_UP -> generator.initialize(OWN_RSA_BITS);
        case ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87 -> {} // the name says it all
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
    KeyFactory factory = factories.get(kind);
    if (factory == null) {
      throw new IllegalArgumentException("kind: " + kind);
    }
    return factory;
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
