package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.est.ESTAuth;
import org.bouncycastle.est.ESTService;
import org.bouncycastle.est.EnrollmentResponse;
import org.bouncycastle.est.jcajce.JcaHttpAuthBuilder;
import org.bouncycastle.est.jcajce.JcaJceUtils;
import org.bouncycastle.est.jcajce.JsseESTServiceBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bouncy Castle's EST client, unmodified, through a device's first two certificates.
@ExtendWith(WholeServer.Shared.class)
class BouncyCastleClientTest {
  private static final char[] NO_PASSWORD = new char[0];

  private final WholeServer server;

  BouncyCastleClientTest(WholeServer server) {
    this.server = server;
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

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void device_enrolsWithItsTokenAndRenewsWithItsCertificate(String version) throws Exception {
    String device = "bouncy-" + version.toLowerCase(Locale.ROOT);
    String token = server.token(device);
    KeyPair first = ec();

    assertThat(all(service(version).build().getCACerts().getCertificateStore())).hasSize(2);
    ESTAuth login =
        new JcaHttpAuthBuilder("Cardea", device, token.toCharArray())
            .setProvider(new BouncyCastleProvider())
            .build();
    X509CertificateHolder enrolled =
        only(service(version).build().simpleEnroll(false, request(device, first), login));
    assertThat(enrolled.getSubjectPublicKeyInfo().getEncoded())
        .isEqualTo(first.getPublic().getEncoded());

    KeyPair second = ec();
    ESTService asDevice =
        service(version).withKeyManagers(keys(first, certificate(enrolled))).build();
    X509CertificateHolder renewed =
        only(asDevice.simpleEnroll(true, request(device, second), null));
    assertThat(renewed.getSubjectPublicKeyInfo().getEncoded())
        .isEqualTo(second.getPublic().getEncoded());
    assertThat(renewed.getSubject()).isEqualTo(enrolled.getSubject());
  }

  private JsseESTServiceBuilder service(String version) throws Exception {
    JsseESTServiceBuilder builder =
        new JsseESTServiceBuilder(
            "localhost:" + server.devicePort(),
            JcaJceUtils.getCertPathTrustManager(anchors(), null));
    builder.withTLSVersion(version).withTimeout(20_000);
    return builder;
  }

  private Set<TrustAnchor> anchors() throws IOException, GeneralSecurityException {
    Set<TrustAnchor> anchors = new HashSet<>();
    try (InputStream in = Files.newInputStream(server.authorities())) {
      for (var read : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        anchors.add(new TrustAnchor((X509Certificate) read, null));
      }
    }
    return anchors;
  }

  private static KeyPair ec() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static PKCS10CertificationRequest request(String device, KeyPair key)
      throws OperatorCreationException {
    return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=" + device), key.getPublic())
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()));
  }

  private static X509CertificateHolder only(EnrollmentResponse response) {
    assertThat(response.isCompleted()).isTrue();
    List<X509CertificateHolder> made = all(response.getStore());
    assertThat(made).hasSize(1);
    return made.getFirst();
  }

  private static List<X509CertificateHolder> all(Store<X509CertificateHolder> store) {
    return List.copyOf(store.getMatches(null));
  }

  private static X509Certificate certificate(X509CertificateHolder holder)
      throws IOException, GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(holder.getEncoded()));
  }

  private static KeyManager[] keys(KeyPair key, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("device", key.getPrivate(), NO_PASSWORD, new X509Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys.getKeyManagers();
  }
}
