package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Random;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

class WeakKeysTest {
  private static final BigInteger GENERATOR = BigInteger.valueOf(65537);

  /// The product of the first 126 primes, as for keys of 2048 bits.
  private static final BigInteger PRIMORIAL = primorial(126);

  /// A real key of the defect, made the way that the broken library made them.
  @Test
  void requestWithAKeyOfTheRocaDefect_isRefused() throws Exception {
    KeyPair weak = rocaPair(new Random(7));

    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=pump-1"), weak.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withRSA").build(weak.getPrivate()))
            .getEncoded();

    assertThat(((RSAPublicKey) weak.getPublic()).getModulus().bitLength()).isGreaterThan(2046);
    assertThatThrownBy(() -> Csr.parse(request).verified(new JdkBackend()))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(Refusal.KEY_WEAK);
  }

  @Test
  void ordinaryKeys_passBy() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    for (int i = 0; i < 3; i++) {
      RSAPublicKey key = (RSAPublicKey) generator.generateKeyPair().getPublic();
      assertThat(WeakKeys.isRoca(key.getModulus())).isFalse();
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      assertThat(WeakKeys.isRoca(new BigInteger(2048, random).setBit(0))).isFalse();
    }
  }

  private static KeyPair rocaPair(Random random) throws Exception {
    while (true) {
      BigInteger p = rocaPrime(random);
      BigInteger q = rocaPrime(random);
      BigInteger modulus = p.multiply(q);
      BigInteger phi = p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
      if (modulus.bitLength() < 2048 || !phi.gcd(GENERATOR).equals(BigInteger.ONE)) {
        continue;
      }
      KeyFactory factory = KeyFactory.getInstance("RSA");
      return new KeyPair(
          factory.generatePublic(new RSAPublicKeySpec(modulus, GENERATOR)),
          factory.generatePrivate(new RSAPrivateKeySpec(modulus, GENERATOR.modInverse(phi))));
    }
  }

  private static BigInteger rocaPrime(Random random) {
    while (true) {
      BigInteger power = GENERATOR.modPow(new BigInteger(64, random), PRIMORIAL);
      BigInteger k =
          new BigInteger(1024 - PRIMORIAL.bitLength(), random).setBit(1023 - PRIMORIAL.bitLength());
      BigInteger candidate = k.multiply(PRIMORIAL).add(power);
      if (candidate.bitLength() == 1024 && candidate.isProbablePrime(40)) {
        return candidate;
      }
    }
  }

  private static BigInteger primorial(int count) {
    BigInteger product = BigInteger.ONE;
    BigInteger prime = BigInteger.ONE;
    for (int i = 0; i < count; i++) {
      prime = prime.nextProbablePrime();
      product = product.multiply(prime);
    }
    return product;
  }
}
