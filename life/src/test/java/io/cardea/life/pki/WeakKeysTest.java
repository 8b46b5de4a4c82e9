package io.cardea.life.pki;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.path.PathQuestion;
import io.cardea.life.pki.path.PathValidation;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
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

  /// Two real keys of the defect, of which a list says no more than the name.
  @Test
  void keysOfDebiansWeakGenerator_areRefusedWhereTheyAreListed() throws Exception {
    List<SubjectPublicKey> weak = debianKeys();
    assertThat(weak)
        .extracting(SubjectPublicKey::kind)
        .containsExactly(CertKey.RSA_2048_AND_UP, CertKey.EC_P256);
    // As openssl pkey -pubin -outform DER | sha256sum names them.
    Set<Fingerprint> listed =
        Set.of(
            Fingerprint.parse("bf444715ecf87f6edac517ebc356384b9ba04553bcb09e2849e0c5992c10e683"),
            Fingerprint.parse("ff7d5ed8508afb3f8c5f1c359a627acd78246395336256525fe95ea81136c31c"));
    CryptoBackend wary = new JdkBackend().refusing(listed::contains);
    for (SubjectPublicKey key : weak) {
      WeakKeys.require(key, new JdkBackend());
      assertThatThrownBy(() -> WeakKeys.require(key, wary))
          .asInstanceOf(type(Refused.class))
          .extracting(Refused::refusal)
          .isEqualTo(Refusal.KEY_WEAK);
    }
  }

  /// Whoever is known to share a key is refused before its proof is looked at.
  @Test
  void listedKey_isRefusedInARequest_inAnAuthority_andInAPath() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Fingerprint name = Fingerprint.of(pair.getPublic().getEncoded());
    CryptoBackend wary = new JdkBackend().refusing(name::equals);
    byte[] request =
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=pump-1"), pair.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
            .getEncoded();
    assertThat(Csr.parse(request).verified(new JdkBackend()).keyFingerprint()).isEqualTo(name);
    assertThatThrownBy(() -> Csr.parse(request).verified(wary))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(Refusal.KEY_WEAK);

    Instant now = Instant.parse("2026-06-01T00:00:00Z");
    Certificate root = authority(pair, now);
    assertThat(new AuthorityCheck(new JdkBackend(), now).chain(root, List.of(), List.of()))
        .isEmpty();
    assertThatThrownBy(() -> new AuthorityCheck(wary, now).chain(root, List.of(), List.of()))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(Refusal.KEY_WEAK);

    // An anchor's own certificate is not judged, but nothing that it signs is believed either.
    PathQuestion question =
        new PathQuestion(
            root,
            List.of(),
            List.of(root),
            List.of(),
            false,
            now,
            PathQuestion.Purpose.ANY,
            PathQuestion.Policies.ANY);
    assertThat(new PathValidation(new JdkBackend()).judge(question).trusted()).isTrue();
    assertThat(new PathValidation(wary).judge(question).refusal()).contains("refused-keys");
    assertThat(new PathValidation(wary).refusalOfKey(root)).isPresent();
    assertThat(new PathValidation(new JdkBackend()).refusalOfKey(root)).isEmpty();
  }

  private static Certificate authority(KeyPair pair, Instant now) throws Exception {
    X500Name name = new X500Name("CN=Root");
    return Certificate.parse(
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(77),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(3600)),
                name,
                pair.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
            .addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
            .addExtension(
                Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(new byte[20]))
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
            .getEncoded());
  }

  private static List<SubjectPublicKey> debianKeys() throws Exception {
    try (InputStream pem = WeakKeysTest.class.getResourceAsStream("debian-weak-keys.pem")) {
      String text = new String(Objects.requireNonNull(pem).readAllBytes(), US_ASCII);
      List<SubjectPublicKey> keys = new ArrayList<>();
      for (Pem block : Pem.decode(text)) {
        keys.add(SubjectPublicKey.of(block.der()));
      }
      return keys;
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
