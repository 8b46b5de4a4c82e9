package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.pki.path.PathJudgement;
import io.cardea.life.pki.path.PathQuestion;
import io.cardea.life.pki.path.PathValidation;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jcajce.spec.MLDSAParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// ML-DSA (RFC 9881) and Ed25519 (RFC 8410). What the JDK signs, Bouncy Castle verifies, and the
/// other way round.
class PostQuantumTest {
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();
  private static final Set<CertKey> ALL = Set.of(CertKey.values());
  private static final Profile REPORTS =
      new Profile(
          "reports",
          Profile.device("fleet.internal", Duration.ofDays(90)).subject(),
          Profile.device("fleet.internal", Duration.ofDays(90)).identity(),
          Set.of(KeyUse.DIGITAL_SIGNATURE),
          List.of(ExtendedKeyUse.DOCUMENT_SIGNING),
          Duration.ofDays(90),
          Duration.ZERO,
          ALL,
          false);

  @ParameterizedTest
  @CsvSource({
    "ML_DSA_87, ML_DSA_65, ML_DSA_44",
    "ML_DSA_87, ML_DSA_87, ML_DSA_87",
    "ML_DSA_65, ED25519, ML_DSA_65",
    "EC_P384, ML_DSA_44, EC_P256"
  })
  void chainAndList_verifyElsewhere(CertKey root, CertKey issuing, CertKey leaf) throws Exception {
    Ceremony ceremony = new Ceremony(root, issuing);
    Certificate issued =
        ceremony
            .issuer
            .issue(ceremony.issuer.prepare(REPORTS, request(ceremony, leaf)))
            .certificate();
    Certificate above = ceremony.issuing.certificate();
    Certificate top = ceremony.root.certificate();

    assertThat(verifies(issued, above)).isTrue();
    assertThat(verifies(above, top)).isTrue();
    assertThat(verifies(top, top)).isTrue();
    assertThat(verifies(issued, top)).isFalse();
    assertThat(issued.der().length).isLessThan(Certificate.MAX_LENGTH / 2);
    Crl crl =
        Crl.sign(
            ceremony.issuing,
            ceremony.issuingKey,
            Ceremony.URLS,
            0,
            BigInteger.TEN,
            Ceremony.AT,
            Ceremony.AT.plusSeconds(60),
            List.of(new Crl.Entry(issued.serial(), Ceremony.AT, 1)));
    assertThat(
            new X509CRLHolder(crl.der())
                .isSignatureValid(
                    new JcaContentVerifierProviderBuilder()
                        .setProvider(BOUNCY_CASTLE)
                        .build(new X509CertificateHolder(above.der()))))
        .isTrue();
    PathQuestion question =
        new PathQuestion(
            issued,
            List.of(above),
            List.of(top),
            List.of(),
            false,
            Ceremony.AT,
            PathQuestion.Purpose.ANY,
            PathQuestion.Policies.ANY);
    PathJudgement judged = new PathValidation(ceremony.backend).judge(question);
    assertThat(judged.trusted()).as(judged.refusal()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"ml_dsa_44, ML_DSA_44", "ml_dsa_65, ML_DSA_65", "ml_dsa_87, ML_DSA_87"})
  void requestOfBouncyCastle_provesPossession(String parameters, CertKey kind) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("ML-DSA", BOUNCY_CASTLE);
    generator.initialize(
        (MLDSAParameterSpec) MLDSAParameterSpec.class.getField(parameters).get(null));
    KeyPair pair = generator.generateKeyPair();
    byte[] der = requestOf(pair, kind.scheme().jcaName());

    assertThat(der.length).isLessThan(Csr.MAX_LENGTH / 2);
    assertThat(Csr.parse(der).verified(new JdkBackend()).key().kind()).isEqualTo(kind);
    byte[] altered = der.clone();
    altered[altered.length - 100] ^= 1;
    Csr.Unproven unproven = Csr.parse(altered);
    assertRefused(Refusal.CSR_BAD_PROOF, () -> unproven.verified(new JdkBackend()));
  }

  @Test
  void keyOfAnotherLength_isNone() throws Exception {
    byte[] der = new JdkBackend().generateKeyPair(CertKey.ML_DSA_44).getPublic().getEncoded();
    byte[] said = der.clone();
    said[16] = 0x12; // says that it is ML-DSA-65
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> SubjectPublicKey.of(said));
  }

  @Test
  void profileForTls_hasNoPlaceForMlDsa() {
    Profile device = Profile.device("fleet.internal", Duration.ofDays(90));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> device.withKeys(Set.of(CertKey.EC_P256, CertKey.ML_DSA_65)))
        .withMessageContaining("none of ML-DSA");
    assertThat(device.keys()).isEqualTo(CertKey.USUAL);
    assertThat(device.withKeys(Set.of(CertKey.ED25519)).keys()).containsExactly(CertKey.ED25519);
  }

  /// Order 1, 2, 4, 8 and 8; y not below the prime; no point; x = 0 with its sign set.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080"
      })
  void edwardsPointThatIsNoKey_isRefused(String point) {
    byte[] der = HexFormat.of().parseHex("302a300506032b6570032100" + point);
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> SubjectPublicKey.of(der));
  }

  @Test
  void edwardsPoints_areTaken() throws Exception {
    for (int i = 0; i < 20; i++) {
      byte[] der = new JdkBackend().generateKeyPair(CertKey.ED25519).getPublic().getEncoded();
      assertThat(SubjectPublicKey.of(der).kind()).isEqualTo(CertKey.ED25519);
      byte[] cut = Arrays.copyOf(der, der.length - 1);
      cut[1]--;
      cut[10]--;
      assertRefused(Refusal.KEY_NOT_ALLOWED, () -> SubjectPublicKey.of(cut));
    }
  }

  private static byte[] requestOf(KeyPair pair, String algorithm) throws Exception {
    return new JcaPKCS10CertificationRequestBuilder(
            new X500Principal("CN=pump-17"), pair.getPublic())
        .build(
            new JcaContentSignerBuilder(algorithm)
                .setProvider(BOUNCY_CASTLE)
                .build(pair.getPrivate()))
        .getEncoded();
  }

  private static IssuanceRequest request(Ceremony ceremony, CertKey kind) throws Refused {
    return IssuanceRequest.forDevice("pump-17", ceremony.newKey(kind), Ceremony.AT);
  }

  private static boolean verifies(Certificate certificate, Certificate issuer) throws Exception {
    PublicKey key =
        BouncyCastleProvider.getPublicKey(
            new X509CertificateHolder(issuer.der()).getSubjectPublicKeyInfo());
    try {
      certificate.toX509().verify(key, BOUNCY_CASTLE);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void assertRefused(
      Refusal refusal, org.assertj.core.api.ThrowableAssert.ThrowingCallable act) {
    assertThatThrownBy(act)
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(refusal);
  }
}
