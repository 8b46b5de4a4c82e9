package io.cardea.trials.interop;

import static io.cardea.trials.interop.RelyingParties.POINTERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import io.cardea.trials.interop.RelyingParties.Verdict;
import java.io.IOException;
import java.nio.file.Path;
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
  @TempDir Path folder;

  private final WholeServer server;
  private Bash bash;
  private RelyingParties parties;

  RevocationDataTest(WholeServer server) {
    this.server = server;
  }

  @BeforeEach
  void prepare() throws Exception {
    bash = server.bash(folder);
    parties = new RelyingParties(folder, bash);
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

  private String credential(String device) throws IOException {
    JsonNode listed =
        server.api().call("GET", "/api/v1/credentials?device=" + device, null).path("items");
    return listed.path(0).path("id").asString();
  }

  @Test
  void allAgree_beforeAndAfterRevocation() throws Exception {
    enrol("judged-1");
    parties.allSay(Verdict.GOOD);

    ObjectNode body =
        JSON.createObjectNode()
            .put("reason", "key-compromise")
            .put("since", "2026-01-02T03:04:05Z");
    server.api().call("POST", "/api/v1/credentials/" + credential("judged-1") + "/revoke", body);

    parties.allSay(Verdict.REVOKED);
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
    parties.allSay(Verdict.GOOD);
    ObjectNode why = JSON.createObjectNode().put("reason", "odd traffic");

    server.api().call("POST", "/api/v1/devices/judged-2/quarantine", why);
    parties.allSay(Verdict.REVOKED);
    assertThat(bash.must(POINTERS, "ask || true")).contains("Reason: certificateHold");

    server.api().call("POST", "/api/v1/devices/judged-2/release", why);
    parties.allSay(Verdict.GOOD);
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
