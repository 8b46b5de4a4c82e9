package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Relying parties of four makes ask in every way that they know, and say the same.
@ExtendWith(WholeServer.Shared.class)
@NeedsTool({"openssl", "curl", "ocsptool"})
class RevocationDataTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final String POINTERS =
      """
      url=$(openssl x509 -in device.pem -noout -ocsp_uri)
      crl=$(openssl x509 -in device.pem -noout -ext crlDistributionPoints \
        | sed -n 's/.*URI:\\(http:[^ ]*\\)/\\1/p')
      ask() { openssl ocsp "$@" -issuer issuing.pem -cert device.pem -url $url -CAfile root.pem \
        -no_nonce 2>&1; }
      """;

  @TempDir Path folder;

  private final WholeServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private Bash bash;

  RevocationDataTest(WholeServer server) {
    this.server = server;
  }

  @BeforeEach
  void prepare() throws Exception {
    bash = server.bash(folder);
  }

  private void enrol(String device) throws Exception {
    bash.with("LOGIN", device + ":" + server.token(device));
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout device.key"
            + " -subj / -outform DER -out device.csr",
        "openssl base64 -A -in device.csr | curl -sSf --cacert ca.pem -u $LOGIN"
            + " -H 'Content-Type: application/pkcs10' --data-binary @-"
            + " $CARDEA/.well-known/est/simpleenroll"
            + " | openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs -out device.pem");
  }

  private enum Verdict {
    GOOD("good"),
    REVOKED("revoked");

    private final String word;

    Verdict(String word) {
      this.word = word;
    }
  }

  /// Every way of every relying party leads to this.
  private void allSay(Verdict verdict) throws Exception {
    bash.with("VERDICT", verdict.word);
    // The first one may be quicker than the news, by up to a second.
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!bash.must(POINTERS + "ask || true").contains("device.pem: " + verdict.word)) {
      assertThat(System.nanoTime()).as("still not %s", verdict).isLessThan(deadline);
    }
    bash.must(
        POINTERS,
        "for hash in -sha1 -sha256; do",
        "  ask $hash >said || true; cat said",
        "  grep -q 'Response verify OK' said",
        "  grep -q \"device.pem: $VERDICT\" said",
        // The same question in a path, as it is and escaped.
        "  ask $hash -reqout question >/dev/null || true",
        "  plain=$(openssl base64 -A -in question)",
        "  escaped=$(printf %s \"$plain\" | sed 's/+/%2B/g; s,/,%2F,g; s/=/%3D/g')",
        "  for path in \"$plain\" \"$escaped\"; do",
        "    curl -sSf --path-as-is -D head -o answer \"$url/$path\"",
        "    grep -qi '^content-type: application/ocsp-response' head",
        "    grep -qi '^cache-control: .*max-age=1,' head",
        "    grep -qi '^etag: ' head",
        "    openssl ocsp $hash -issuer issuing.pem -cert device.pem -respin answer"
            + " -CAfile root.pem >said 2>&1 || true",
        "    grep -q \"device.pem: $VERDICT\" said",
        "  done",
        "done",
        "ocsptool --ask=$url --load-issuer=issuing.pem --load-cert=device.pem"
            + " --load-trust=ca.pem --outder --outfile=gnutls.der >gnutls 2>&1 || true",
        "cat gnutls",
        "grep -q \"Certificate Status: $VERDICT\" gnutls",
        "ocsptool --verify-response --load-response=gnutls.der --load-trust=ca.pem"
            + " >gnutls.verdict 2>&1 || true",
        "cat gnutls.verdict",
        "grep -q 'Verifying OCSP Response: Success' gnutls.verdict",
        "openssl verify -crl_check -crl_download -CAfile ca.pem device.pem >said 2>&1 || true",
        "cat said",
        "case $VERDICT in",
        "  good) grep -q 'device.pem: OK' said ;;",
        "  revoked) grep -q 'certificate revoked' said ;;",
        "esac");
    assertThat(ofTheJdk(Set.of(PKIXRevocationChecker.Option.NO_FALLBACK))).isEqualTo(verdict);
    assertThat(
            ofTheJdk(
                Set.of(
                    PKIXRevocationChecker.Option.NO_FALLBACK,
                    PKIXRevocationChecker.Option.PREFER_CRLS)))
        .isEqualTo(verdict);
  }

  private Verdict ofTheJdk(Set<PKIXRevocationChecker.Option> how) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    X509Certificate device = certificate(factory, "device.pem");
    CertPathValidator validator = CertPathValidator.getInstance("PKIX");
    PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
    Set<PKIXRevocationChecker.Option> options =
        EnumSet.of(PKIXRevocationChecker.Option.ONLY_END_ENTITY);
    options.addAll(how);
    checker.setOptions(options);
    PKIXParameters parameters =
        new PKIXParameters(Set.of(new TrustAnchor(certificate(factory, "root.pem"), null)));
    parameters.addCertPathChecker(checker);
    // It would remember the list of half a minute ago, had it fetched it itself.
    parameters.addCertStore(
        CertStore.getInstance(
            "Collection", new CollectionCertStoreParameters(List.of(list(factory)))));
    try {
      validator.validate(
          factory.generateCertPath(List.of(device, certificate(factory, "issuing.pem"))),
          parameters);
      return Verdict.GOOD;
    } catch (CertPathValidatorException e) {
      assertThat(e.getReason()).as("%s", e).isEqualTo(BasicReason.REVOKED);
      return Verdict.REVOKED;
    }
  }

  private X509Certificate certificate(CertificateFactory factory, String file)
      throws IOException, GeneralSecurityException {
    return (X509Certificate)
        factory.generateCertificate(
            new ByteArrayInputStream(Files.readAllBytes(folder.resolve(file))));
  }

  private X509CRL list(CertificateFactory factory) throws Exception {
    String url = bash.must(POINTERS, "echo $crl").strip();
    byte[] der =
        http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray())
            .body();
    return (X509CRL) factory.generateCRL(new ByteArrayInputStream(der));
  }

  private String credential(String device) throws IOException {
    JsonNode listed =
        server.api().call("GET", "/api/v1/credentials?device=" + device, null).path("items");
    return listed.path(0).path("id").asString();
  }

  @Test
  void allAgree_beforeAndAfterRevocation() throws Exception {
    enrol("judged-1");
    allSay(Verdict.GOOD);

    ObjectNode body =
        JSON.createObjectNode()
            .put("reason", "key-compromise")
            .put("since", "2026-01-02T03:04:05Z");
    server.api().call("POST", "/api/v1/credentials/" + credential("judged-1") + "/revoke", body);

    allSay(Verdict.REVOKED);
    assertThat(bash.must(POINTERS, "ask || true")).contains("Reason: keyCompromise");
    assertThat(
            bash.must(
                POINTERS,
                "serial=$(openssl x509 -in device.pem -noout -serial | cut -d = -f 2)",
                "curl -sSf $crl | openssl crl -inform DER -noout -text"
                    + " | grep -A8 \"Serial Number: $serial\""))
        .contains("Key Compromise")
        .contains("Invalidity Date")
        .contains("Jan  2 03:04:05 2026 GMT");
  }

  @Test
  void allAgree_inQuarantineAndAfterReturn() throws Exception {
    enrol("judged-2");
    allSay(Verdict.GOOD);
    ObjectNode why = JSON.createObjectNode().put("reason", "odd traffic");

    server.api().call("POST", "/api/v1/devices/judged-2/quarantine", why);
    allSay(Verdict.REVOKED);
    assertThat(bash.must(POINTERS, "ask || true")).contains("Reason: certificateHold");

    server.api().call("POST", "/api/v1/devices/judged-2/release", why);
    allSay(Verdict.GOOD);
  }

  @Test
  void serialThatWasNeverIssued_isUnknownInEveryForm() throws Exception {
    enrol("judged-3");

    assertThat(
            bash.must(
                POINTERS,
                "for hash in -sha1 -sha256; do",
                "  openssl ocsp $hash -issuer issuing.pem -serial 0x4711 -url $url -CAfile root.pem"
                    + " -no_nonce 2>&1",
                "done"))
        .contains("0x4711: unknown")
        .doesNotContain("good");
  }

  @Test
  void issuerOfTheSameNameWithAnotherKey_isNotAnsweredFor() throws Exception {
    enrol("judged-4");

    assertThat(
            bash.must(
                POINTERS,
                "name=$(openssl x509 -in issuing.pem -noout -subject -nameopt RFC2253"
                    + " | sed 's/^subject=CN=//')",
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key"
                    + " -subj \"/CN=$name\" -days 1 -out impostor.pem 2>/dev/null",
                "openssl ocsp -issuer impostor.pem -cert device.pem -url $url -no_nonce 2>&1"
                    + " || true"))
        .contains("unauthorized");
  }

  @Test
  void severalQuestionsAtOnce_getAnAnswerEach() throws Exception {
    enrol("judged-5");

    assertThat(
            bash.must(
                POINTERS,
                "openssl ocsp -issuer issuing.pem -cert device.pem -serial 0x4711 -url $url"
                    + " -CAfile root.pem -no_nonce 2>&1"))
        .contains("device.pem: good")
        .contains("0x4711: unknown")
        .contains("Response verify OK");
  }

  @Test
  void nonce_isIgnoredUnlessConfigured() throws Exception {
    enrol("judged-6");

    assertThat(
            bash.must(
                POINTERS,
                "openssl ocsp -issuer issuing.pem -cert device.pem -url $url -CAfile root.pem 2>&1"))
        .contains("no nonce in response")
        .contains("device.pem: good");
  }

  @Test
  void serversOwnCertificate_isKnown() throws Exception {
    assertThat(
            bash.must(
                "openssl s_client -connect ${CARDEA#https://} -CAfile ca.pem </dev/null 2>/dev/null"
                    + " | openssl x509 >server.pem",
                "openssl ocsp -issuer issuing.pem -cert server.pem"
                    + " -url $(openssl x509 -in server.pem -noout -ocsp_uri) -CAfile root.pem"
                    + " -no_nonce 2>&1"))
        .contains("server.pem: good");
  }

  /// RFC 6960 §4.2.1.
  @Test
  void nonsense_isMalformed() throws Exception {
    enrol("judged-7");
    assertThat(
            bash.must(
                POINTERS,
                "curl -sSf -o one -H 'Content-Type: application/ocsp-request' --data-binary abc"
                    + " $url",
                "curl -sSf -o two $url/%zz",
                "cmp one two",
                "od -An -tx1 one"))
        .contains("30 03 0a 01 01");
  }
}
