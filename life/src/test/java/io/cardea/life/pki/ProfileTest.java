package io.cardea.life.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import io.cardea.life.testing.NeedsTool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileTest {
  private static final Profile DEVICE = Profile.device("fleet.internal", Duration.ofDays(90));
  private static final Map<String, String> PUMP = Map.of(Profile.DEVICE_ID, "pump-17");
  private static final CryptoBackend BACKEND = new JdkBackend();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/CN=pump-17",
        "/",
        "/O=Acme/CN=pump-17",
        "/CN=pump-17|URI:spiffe://fleet.internal/device/pump-17"
      })
  @NeedsTool("openssl")
  void ownIdentityOrNone_isAdmitted(String asked) throws Exception {
    assertThat(DEVICE.admit(csr(asked), PUMP)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/CN=pump-18, IDENTITY_MISMATCH",
    "/CN=pump-17/CN=pump-18, IDENTITY_MISMATCH",
    "/CN=PUMP-17, IDENTITY_MISMATCH",
    "/CN=pump-17|URI:spiffe://fleet.internal/device/pump-18, IDENTITY_MISMATCH",
    "/CN=pump-17|DNS:pump.example, PROFILE_VIOLATION",
    "/CN=pump-17|IP:192.0.2.1, PROFILE_VIOLATION",
    "/CN=pump-17|email:a@b.example, PROFILE_VIOLATION",
    "/CN=pump-17|RID:1.2.3, PROFILE_VIOLATION"
  })
  @NeedsTool("openssl")
  void whatTheProfileDoesNotGive_isRefused(String asked, Refusal refusal) throws Exception {
    Csr csr = csr(asked);
    assertThatThrownBy(() -> DEVICE.admit(csr, PUMP))
        .asInstanceOf(type(Refused.class))
        .extracting(Refused::refusal)
        .isEqualTo(refusal);
  }

  @Test
  @NeedsTool("openssl")
  void hostNames_areGivenWhereTheProfileGivesThem() throws Exception {
    Profile server = Profile.server(Duration.ofDays(30));
    assertThat(server.admit(csr("/CN=a.example|DNS:a.example"), Map.of("host", "a.example")))
        .containsExactly("a.example");
  }

  @Test
  void optionalField_leavesItsPartOut() throws Refused {
    Profile profile =
        new Profile(
            "with-serial",
            List.of(
                new Profile.SubjectPart(SubjectAttribute.ORGANIZATION, new Template("Acme")),
                new Profile.SubjectPart(
                    SubjectAttribute.SERIAL_NUMBER, new Template("SN {device.serial?}")),
                new Profile.SubjectPart(SubjectAttribute.COMMON_NAME, new Template("{device.id}"))),
            DEVICE.identity(),
            DEVICE.keyUse(),
            DEVICE.extendedKeyUse(),
            DEVICE.life(),
            DEVICE.backdate(),
            DEVICE.keys(),
            false);
    assertThat(subject(profile, PUMP)).isEqualTo("CN=pump-17,O=Acme");
    assertThat(subject(profile, Map.of(Profile.DEVICE_ID, "pump-17", "device.serial", "4711")))
        .isEqualTo("CN=pump-17,SERIALNUMBER=SN 4711,O=Acme");
  }

  @Test
  void unsoundProfiles_cannotBeMade() {
    assertThatThrownBy(() -> DEVICE.withLife(Duration.ofSeconds(9)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DEVICE.withLife(Duration.ofDays(4000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DEVICE.withBackdate(Duration.ofDays(31)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Profile.device("Fleet Internal", Duration.ofDays(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Template("{device.id"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            new Profile(
                "no-identity",
                DEVICE.subject(),
                Optional.empty(),
                Set.of(KeyUse.DIGITAL_SIGNATURE),
                List.of(ExtendedKeyUse.CLIENT_AUTH),
                Duration.ofDays(1),
                Duration.ZERO,
                Set.of(CertKey.EC_P256),
                false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            new Profile(
                "enciphers-only",
                DEVICE.subject(),
                DEVICE.identity(),
                Set.of(KeyUse.KEY_ENCIPHERMENT),
                List.of(ExtendedKeyUse.CLIENT_AUTH),
                Duration.ofDays(1),
                Duration.ZERO,
                Set.of(CertKey.EC_P256),
                false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://x/", "http://x/?q", "http://u@x/", "x", "http:///path", "http://x/#f"})
  void unsoundPublicUrls_cannotBeMade(String url) {
    assertThatThrownBy(() -> PublicUrls.of(url)).isInstanceOf(IllegalArgumentException.class);
  }

  private static String subject(Profile profile, Map<String, String> fields) throws Refused {
    return Names.text(X500Name.getInstance(Encoding.subject(profile.subject(), fields)));
  }

  private Csr csr(String asked) throws Exception {
    String[] parts = asked.split("\\|", 2);
    OpenSsl openssl = new OpenSsl(folder);
    byte[] der =
        parts.length == 1
            ? openssl.request(
                "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", parts[0])
            : openssl.request(
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-subj",
                parts[0],
                "-addext",
                "subjectAltName=" + parts[1]);
    return Csr.parse(der).verified(BACKEND);
  }
}
