package io.cardea.protocols.est;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.enrolment.Answer;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.TrustAnchor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.est.CSRRequestResponse;
import org.bouncycastle.est.ESTAuth;
import org.bouncycastle.est.ESTService;
import org.bouncycastle.est.EnrollmentResponse;
import org.bouncycastle.est.jcajce.JcaHttpAuthBuilder;
import org.bouncycastle.est.jcajce.JcaJceUtils;
import org.bouncycastle.est.jcajce.JsseESTServiceBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Bouncy Castle's own EST client, unmodified.
@ParameterizedClass
@ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
class BouncyCastleClientTest {

  private final String version;
  private TestFleet fleet;

  BouncyCastleClientTest(String version) {
    this.version = version;
  }

  /// Its client asks for its provider by name. Last in the order, it changes nothing else.
  @BeforeAll
  static void addProvider() {
    Security.addProvider(new BouncyCastleProvider());
  }

  @AfterAll
  static void removeProvider() {
    Security.removeProvider("BC");
  }

  @BeforeEach
  void start() throws Exception {
    fleet = new TestFleet();
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private ESTService service(Optional<TestFleet.Identity> identity) throws Exception {
    JsseESTServiceBuilder builder =
        new JsseESTServiceBuilder(
            "localhost:" + fleet.server.port(),
            JcaJceUtils.getCertPathTrustManager(
                Set.of(new TrustAnchor(fleet.root.certificate(), null)), null));
    builder.withTLSVersion(version).withTimeout(10_000);
    if (identity.isPresent()) {
      builder.withKeyManagers(TestClient.keys(identity).getKeyManagers());
    }
    return builder.build();
  }

  private static ESTAuth login() throws Exception {
    return new JcaHttpAuthBuilder("Cardea", TestFleet.DEVICE, TestFleet.TOKEN.toCharArray())
        .setProvider(new BouncyCastleProvider())
        .build();
  }

  private static PKCS10CertificationRequest request(KeyPair key) throws Exception {
    return new PKCS10CertificationRequest(Requests.csr(key));
  }

  private static List<X509CertificateHolder> all(Store<X509CertificateHolder> store) {
    Collection<X509CertificateHolder> matches = store.getMatches(null);
    return List.copyOf(matches);
  }

  @Test
  void authorities_areFetched() throws Exception {
    assertThat(all(service(Optional.empty()).getCACerts().getCertificateStore()))
        .extracting(holder -> holder.getSubject().toString())
        .containsExactlyInAnyOrder("CN=Test Issuing", "CN=Test Root");
  }

  @Test
  void attributes_areFetched() throws Exception {
    CSRRequestResponse response = service(Optional.empty()).getCSRAttributes();
    assertThat(response.hasAttributesResponse()).isTrue();
    assertThat(response.getAttributesResponse().getRequirements()).hasSize(2);
  }

  @Test
  void token_enrols() throws Exception {
    KeyPair key = TestFleet.ec();
    EnrollmentResponse response =
        service(Optional.empty()).simpleEnroll(false, request(key), login());
    assertThat(all(response.getStore()))
        .singleElement()
        .satisfies(made ->
            assertThat(made.getSubjectPublicKeyInfo().getEncoded())
                .isEqualTo(key.getPublic().getEncoded()));
  }

  @Test
  void certificate_renews() throws Exception {
    KeyPair key = TestFleet.ec();
    EnrollmentResponse response =
        service(Optional.of(fleet.enrolled())).simpleEnroll(true, request(key), null);
    assertThat(all(response.getStore())).hasSize(1);
  }

  @Test
  void wait_isUnderstood() throws Exception {
    fleet.scripted.add(new Answer.Wait(Duration.ofSeconds(30)));
    EnrollmentResponse response =
        service(Optional.of(fleet.enrolled())).simpleEnroll(true, request(TestFleet.ec()), null);
    assertThat(response.isCompleted()).isFalse();
    assertThat(response.getRequestToRetry()).isNotNull();
    long now = InstantSource.system().millis();
    assertThat(response.getNotBefore()).isBetween(now + 20_000, now + 31_000);
  }
}
