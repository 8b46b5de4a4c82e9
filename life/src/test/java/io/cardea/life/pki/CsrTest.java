package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Fingerprint;
import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.testing.NeedsTool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests as `openssl req` makes them, good and bad.
@NeedsTool("openssl")
class CsrTest {
  private static final CryptoBackend BACKEND = new JdkBackend();

  @TempDir private Path folder;
  private OpenSsl openssl;

  @BeforeEach
  void openssl() {
    openssl = new OpenSsl(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "EC_P256, ec, ec_paramgen_curve:P-256, -sha256",
    "EC_P256, ec, ec_paramgen_curve:P-256, -sha512",
    "EC_P384, ec, ec_paramgen_curve:P-384, -sha256",
    "EC_P384, ec, ec_paramgen_curve:P-384, -sha384",
    "RSA_2048_AND_UP, rsa, rsa_keygen_bits:2048, -sha256",
    "RSA_2048_AND_UP, rsa, rsa_keygen_bits:3072, -sha384",
    "ED25519, ed25519, '', -text"
  })
  void goodRequest_isVerified(CertKey kind, String algorithm, String option, String digest)
      throws Exception {
    byte[] der =
        openssl.request(
            option.isEmpty()
                ? new String[] {"-newkey", algorithm, "-subj", "/O=Acme/CN=pump-17"}
                : new String[] {
                  "-newkey", algorithm, "-pkeyopt", option, digest, "-subj", "/O=Acme/CN=pump-17"
                });
    Csr csr = Csr.parse(der).verified(BACKEND);
    assertThat(csr.key().kind()).isEqualTo(kind);
    assertThat(csr.subject()).isEqualTo("CN=pump-17,O=Acme");
    assertThat(csr.commonNames()).containsExactly("pump-17");
    assertThat(csr.challengePassword()).isEmpty();
    openssl.run("pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "pub.der");
    assertThat(csr.keyFingerprint())
        .isEqualTo(Fingerprint.of(Files.readAllBytes(folder.resolve("pub.der"))));
    assertThat(csr.der()).isEqualTo(der);
  }

  @ParameterizedTest
  @CsvSource({
    "-sha256, digest, true",
    "-sha384, 48, true",
    "-sha512, 64, true",
    "-sha256, 20, false",
    "-sha256, max, false"
  })
  void pssSignature_needsASaltOfTheHashsLength(String digest, String salt, boolean good)
      throws Exception {
    Csr.Unproven request =
        Csr.parse(
            openssl.request(
                "-newkey",
                "rsa:2048",
                digest,
                "-subj",
                "/CN=pump-17",
                "-sigopt",
                "rsa_padding_mode:pss",
                "-sigopt",
                "rsa_pss_saltlen:" + salt));
    if (good) {
      assertThat(request.verified(BACKEND).key().kind()).isEqualTo(CertKey.RSA_2048_AND_UP);
    } else {
      assertRefused(Refusal.CSR_BAD_PROOF, () -> request.verified(BACKEND));
    }
  }

  @Test
  void keyForPssAlone_isRefusedByName() throws Exception {
    byte[] der =
        openssl.request(
            "-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048", "-subj", "/CN=pump-17");

    assertThatThrownBy(() -> Csr.parse(der))
        .hasMessageContaining("id-RSASSA-PSS")
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(Refusal.KEY_NOT_ALLOWED);
  }

  @Test
  void namesAndExtensions_areShownByKind() throws Exception {
    byte[] der =
        p256(
            "-subj",
            "/",
            "-addext",
            "subjectAltName=DNS:pump.example,IP:192.0.2.7,IP:2001:db8::1,"
                + "URI:spiffe://fleet.internal/device/pump-17,email:a@b.example,RID:1.2.3",
            "-addext",
            "extendedKeyUsage=clientAuth");
    Csr csr = Csr.parse(der).verified(BACKEND);
    AlternativeNames names = csr.alternativeNames();
    assertThat(csr.subject()).isEmpty();
    assertThat(names.dns()).containsExactly("pump.example");
    assertThat(names.ipAddresses()).containsExactly("192.0.2.7", "2001:db8:0:0:0:0:0:1");
    assertThat(names.uris()).containsExactly("spiffe://fleet.internal/device/pump-17");
    assertThat(names.emails()).containsExactly("a@b.example");
    assertThat(names.others()).isTrue();
    assertThat(csr.extensions()).containsExactlyInAnyOrder("2.5.29.17", "2.5.29.37");
  }

  @Test
  void challengePassword_isReadAndNeverShown() throws Exception {
    openssl.write(
        "req.cnf",
        """
        [req]
        prompt=no
        distinguished_name=dn
        attributes=attributes
        [dn]
        CN=pump-17
        [attributes]
        challengePassword=open-sesame
        """);
    Csr csr = Csr.parse(p256("-config", "req.cnf")).verified(BACKEND);
    assertThat(csr.challengePassword()).hasValue("open-sesame");
    assertThat(csr.toString()).doesNotContain("sesame");
  }

  @Test
  void controlCharactersInSubject_areShownAsHexadecimal() throws Exception {
    Csr csr = Csr.parse(p256("-subj", "/CN=pump\nforged line")).verified(BACKEND);
    assertThat(csr.subject()).doesNotContain("\n").contains("\\0A");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa:1024", "ed448", "rsa-pss"})
  void otherKeys_areNotAllowed(String algorithm) throws Exception {
    byte[] der = openssl.request("-newkey", algorithm, "-subj", "/CN=pump-17");
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> Csr.parse(der));
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-521", "secp256k1", "brainpoolP256r1", "P-224"})
  void otherCurves_areNotAllowed(String curve) throws Exception {
    byte[] der =
        openssl.request(
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + curve, "-subj", "/CN=p");
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> Csr.parse(der));
  }

  @Test
  void explicitCurveParameters_areNotAllowed() throws Exception {
    byte[] der = p256("-pkeyopt", "ec_param_enc:explicit", "-subj", "/CN=pump-17");
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> Csr.parse(der));
  }

  @Test
  void compressedPoint_isNotAllowed() throws Exception {
    openssl.run("ecparam", "-name", "prime256v1", "-genkey", "-out", "key.pem");
    openssl.run("ec", "-in", "key.pem", "-conv_form", "compressed", "-out", "c.pem");
    openssl.run(
        "req", "-new", "-key", "c.pem", "-subj", "/CN=p", "-outform", "DER", "-out", "c.der");
    byte[] der = Files.readAllBytes(folder.resolve("c.der"));
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> Csr.parse(der));
  }

  @Test
  void smallRsaExponent_isNotAllowed() throws Exception {
    byte[] der =
        openssl.request(
            "-newkey", "rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3", "-subj", "/CN=pump-17");
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> Csr.parse(der));
  }

  @Test
  void pointOffTheCurve_isNotAllowed() throws Exception {
    byte[] der = p256("-subj", "/CN=pump-17");
    byte[] spki = Csr.parse(der).key().der();
    int at = indexOf(der, spki) + spki.length - 1;
    der[at] ^= 1;
    assertRefused(Refusal.KEY_NOT_ALLOWED, () -> Csr.parse(der));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-sha1", "-md5", "-sha224", "-sha3-256"})
  void otherDigests_areNoProof(String digest) throws Exception {
    byte[] der = openssl.request("-newkey", "rsa:2048", digest, "-subj", "/CN=pump-17");
    Csr.Unproven csr = Csr.parse(der);
    assertRefused(Refusal.CSR_BAD_PROOF, () -> csr.verified(BACKEND));
  }

  @Test
  void wrongSignature_isNoProof() throws Exception {
    byte[] der = p256("-subj", "/CN=pump-17");
    byte[] otherSubject = der.clone();
    otherSubject[indexOf(der, "pump-17".getBytes(StandardCharsets.US_ASCII))] = 'j';
    assertRefused(Refusal.CSR_BAD_PROOF, () -> Csr.parse(otherSubject).verified(BACKEND));
    byte[] otherSignature = der.clone();
    otherSignature[der.length - 1] ^= 1;
    assertRefused(Refusal.CSR_BAD_PROOF, () -> Csr.parse(otherSignature).verified(BACKEND));
    assertThat(Csr.parse(der).verified(BACKEND)).isNotNull();
  }

  @Test
  void trailingAndMissingOctets_areMalformed() throws Exception {
    byte[] der = p256("-subj", "/CN=pump-17");
    assertRefused(Refusal.CSR_MALFORMED, () -> Csr.parse(Arrays.copyOf(der, der.length + 1)));
    for (int length = 0; length < der.length; length++) {
      byte[] cut = Arrays.copyOf(der, length);
      assertRefused(Refusal.CSR_MALFORMED, () -> Csr.parse(cut));
    }
  }

  @Test
  void tooLarge_isSaid() {
    assertRefused(Refusal.CSR_TOO_LARGE, () -> Csr.parse(new byte[Csr.MAX_LENGTH + 1]));
  }

  @Test
  void deepNesting_isMalformed() {
    byte[] der = new byte[0];
    for (int i = 0; i < 2000; i++) {
      der = Der.sequence(der);
    }
    byte[] nested = der;
    assertRefused(Refusal.CSR_MALFORMED, () -> Csr.parse(nested));
  }

  @Test
  void oneFlippedOctetAnywhere_neverPasses() throws Exception {
    byte[] der = p256("-subj", "/CN=pump-17", "-addext", "subjectAltName=DNS:pump.example");
    for (int at = 0; at < der.length; at++) {
      byte[] flipped = der.clone();
      flipped[at] ^= 0x04;
      assertThatThrownBy(() -> Csr.parse(flipped).verified(BACKEND))
          .as("octet %d", at)
          .isInstanceOf(Refused.class);
    }
  }

  private byte[] p256(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 4];
    all[0] = "-newkey";
    all[1] = "ec";
    all[2] = "-pkeyopt";
    all[3] = "ec_paramgen_curve:P-256";
    System.arraycopy(arguments, 0, all, 4, arguments.length);
    return openssl.request(all);
  }

  private static void assertRefused(Refusal refusal, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(refusal);
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int at = 0; at + part.length <= all.length; at++) {
      if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }
}
