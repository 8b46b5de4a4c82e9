package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.est.ESTException;
import org.bouncycastle.est.ESTService;
import org.bouncycastle.est.jcajce.JcaHttpAuthBuilder;
import org.bouncycastle.est.jcajce.JcaJceUtils;
import org.bouncycastle.est.jcajce.JsseESTServiceBuilder;
import org.bouncycastle.jcajce.spec.MLDSAParameterSpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A server with authorities of ML-DSA beside those of its TLS: a device has a key certified with
/// which it signs reports, and Bouncy Castle judges chain, list and OCSP answer.
@ExtendWith(WholeServer.Changing.class)
class PostQuantumAuthorityTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Provider BC = new BouncyCastleProvider();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WholeServer server;
  private final HttpClient http = HttpClient.newHttpClient();

  PostQuantumAuthorityTest(WholeServer server) {
    this.server = server;
  }

  /// The client of EST asks for its provider by name. Last in the order, it changes nothing else.
  @BeforeAll
  static void addProvider() {
    Security.addProvider(BC);
  }

  @AfterAll
  static void removeProvider() {
    Security.removeProvider("BC");
  }

  @Test
  void reportsAreCertifiedByMlDsa_andNothingOfTlsIs() throws Exception {
    X509CertificateHolder root = create("Quantum Root", "root", "ml-dsa-87");
    X509CertificateHolder issuing = create("Quantum CA", "issuing", "ml-dsa-65");
    profile("reports", "document-signing", "ml-dsa-44");
    server
        .api()
        .call("POST", "/api/v1/classes", body().put("name", "reports").put("profile", "reports"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("ML-DSA", BC);
    generator.initialize(MLDSAParameterSpec.ml_dsa_44);
    KeyPair pair = generator.generateKeyPair();

    X509CertificateHolder leaf = enrol("reporter-1", server.token("reporter-1", "reports"), pair);

    assertThat(leaf.getSubjectPublicKeyInfo().getEncoded())
        .isEqualTo(pair.getPublic().getEncoded());
    assertThat(leaf.isSignatureValid(by(issuing))).isTrue();
    assertThat(issuing.isSignatureValid(by(root))).isTrue();
    assertThat(root.isSignatureValid(by(root))).isTrue();
    assertThat(issuing.isSignatureValid(by(create("Other Root", "root", "ml-dsa-87")))).isFalse();
    assertThat(status(leaf, issuing)).isEqualTo(CertificateStatus.GOOD);
    assertThat(list(leaf, issuing).getRevokedCertificate(leaf.getSerialNumber())).isNull();

    revoke("reporter-1");

    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!(status(leaf, issuing) instanceof RevokedStatus)) {
      assertThat(System.nanoTime()).as("still good").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    assertThat(list(leaf, issuing).getRevokedCertificate(leaf.getSerialNumber())).isNotNull();

    // Neither a profile of TLS nor the usual class has a place for such a key.
    assertThatThrownBy(() -> profile("quantum-tls", "client-auth", "ml-dsa-44"))
        .hasMessageContaining("none of ML-DSA");
    String token = server.token("quantum-tls-1");
    KeyPair another = generator.generateKeyPair();
    assertThatThrownBy(() -> enrol("quantum-tls-1", token, another))
        .isInstanceOf(ESTException.class)
        .hasMessageContaining("400");
  }

  private X509CertificateHolder create(String name, String kind, String key) throws Exception {
    ObjectNode wanted = body().put("name", name).put("kind", kind).put("key", key);
    if (kind.equals("issuing")) {
      wanted.put("under", "Quantum Root");
    }
    JsonNode made = server.api().call("POST", "/api/v1/authorities", wanted);
    return holder(made.path("certificate_pem").asString());
  }

  private void profile(String name, String use, String key) throws IOException {
    ObjectNode body = body().put("like", "device").put("authority", "Quantum CA");
    body.putArray("extended_key_usage").add(use);
    body.putArray("allowed_keys").add(key);
    server.api().call("PUT", "/api/v1/profiles/" + name, body);
  }

  private void revoke(String device) throws IOException {
    JsonNode credential =
        server
            .api()
            .call("GET", "/api/v1/credentials?device=" + device, null)
            .path("items")
            .path(0);
    server
        .api()
        .call(
            "POST",
            "/api/v1/credentials/" + credential.path("id").asString() + "/revoke",
            body().put("reason", "superseded"));
  }

  private X509CertificateHolder enrol(String device, String token, KeyPair pair) throws Exception {
    Set<TrustAnchor> anchors = new HashSet<>();
    try (InputStream in = Files.newInputStream(server.authorities())) {
      for (var read : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        anchors.add(new TrustAnchor((X509Certificate) read, null));
      }
    }
    ESTService service =
        new JsseESTServiceBuilder(
                "localhost:" + server.devicePort(),
                JcaJceUtils.getCertPathTrustManager(anchors, null))
            .withTimeout(20_000)
            .build();
    List<X509CertificateHolder> issued =
        List.copyOf(
            service
                .simpleEnroll(
                    false,
                    new JcaPKCS10CertificationRequestBuilder(
                            new X500Name("CN=" + device), pair.getPublic())
                        .build(
                            new JcaContentSignerBuilder("ML-DSA-44")
                                .setProvider(BC)
                                .build(pair.getPrivate())),
                    new JcaHttpAuthBuilder("Cardea", device, token.toCharArray())
                        .setProvider(BC)
                        .build())
                .getStore()
                .getMatches(null));
    assertThat(issued).hasSize(1);
    return issued.getFirst();
  }

  /// Asks where the certificate says, and judges the answer and its signer's certificate.
  private CertificateStatus status(X509CertificateHolder leaf, X509CertificateHolder issuing)
      throws Exception {
    CertificateID id =
        new CertificateID(
            new BcDigestCalculatorProvider().get(CertificateID.HASH_SHA1),
            issuing,
            leaf.getSerialNumber());
    byte[] question = new OCSPReqBuilder().addRequest(id).build().getEncoded();
    BasicOCSPResp answer =
        (BasicOCSPResp)
            new OCSPResp(
                    http.send(
                            HttpRequest.newBuilder(URI.create(responder(leaf)))
                                .POST(BodyPublishers.ofByteArray(question))
                                .build(),
                            BodyHandlers.ofByteArray())
                        .body())
                .getResponseObject();
    X509CertificateHolder signer = answer.getCerts()[0];
    assertThat(signer.isSignatureValid(by(issuing))).isTrue();
    assertThat(answer.isSignatureValid(by(signer))).isTrue();
    return answer.getResponses()[0].getCertStatus();
  }

  private static String responder(X509CertificateHolder leaf) {
    for (AccessDescription one :
        AuthorityInformationAccess.fromExtensions(leaf.getExtensions()).getAccessDescriptions()) {
      if (one.getAccessMethod().equals(OCSPObjectIdentifiers.id_pkix_ocsp)) {
        return one.getAccessLocation().getName().toString();
      }
    }
    throw new AssertionError("the certificate names no responder");
  }

  private X509CRLHolder list(X509CertificateHolder leaf, X509CertificateHolder issuing)
      throws Exception {
    DistributionPointName point =
        CRLDistPoint.getInstance(
                leaf.getExtension(org.bouncycastle.asn1.x509.Extension.cRLDistributionPoints)
                    .getParsedValue())
            .getDistributionPoints()[0]
            .getDistributionPoint();
    String url = GeneralNames.getInstance(point.getName()).getNames()[0].getName().toString();
    X509CRLHolder list =
        new X509CRLHolder(
            new ByteArrayInputStream(
                http.send(
                        HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray())
                    .body()));
    assertThat(list.isSignatureValid(by(issuing))).isTrue();
    return list;
  }

  private static ContentVerifierProvider by(X509CertificateHolder signer) throws Exception {
    return new JcaContentVerifierProviderBuilder().setProvider(BC).build(signer);
  }

  private static X509CertificateHolder holder(String pem) throws IOException {
    try (PEMParser parser =
        new PEMParser(
            new java.io.InputStreamReader(
                new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)),
                StandardCharsets.US_ASCII))) {
      return (X509CertificateHolder) parser.readObject();
    }
  }

  private static ObjectNode body() {
    return JSON.createObjectNode();
  }
}
