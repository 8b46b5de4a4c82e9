package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.fleet.OwnDevice;
import io.cardea.life.testing.NeedsTool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A device of shell lines, and a relying party of the same kind, which believes what a certificate
/// says about where to ask.
@ExtendWith(WholeServer.Shared.class)
@NeedsTool({"openssl", "curl"})
class OpenSslAndCurlTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NEW_KEY =
      "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout device.key"
          + " -subj / -outform DER -out device.csr";

  @TempDir Path folder;

  private final WholeServer server;
  private Bash bash;

  OpenSslAndCurlTest(WholeServer server) {
    this.server = server;
  }

  @BeforeEach
  void prepare() throws Exception {
    bash = server.bash(folder);
  }

  private void enrol(String device) throws Exception {
    bash.with("LOGIN", device + ":" + server.token(device));
    bash.must(
        NEW_KEY,
        "openssl base64 -A -in device.csr | curl -sSf --cacert ca.pem -u $LOGIN"
            + " -H 'Content-Type: application/pkcs10' --data-binary @-"
            + " $CARDEA/.well-known/est/simpleenroll"
            + " | openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs -out device.pem");
  }

  @Test
  void linesOfTheDemo_enrolADevice() throws Exception {
    OwnDevice device =
        OwnDevice.register(server.api(), "yours-1", server.authorities(), server.devicePort());

    String said = bash.must(device.lines().toArray(String[]::new));

    assertThat(device.lines()).hasSize(3);
    assertThat(said).contains("subject=").contains("notAfter=");
    assertThat(bash.must("openssl verify -CAfile ca.pem yours-1.pem")).contains("OK");
    assertThat(
            bash.must(
                "openssl x509 -in yours-1.pem -noout -pubkey",
                "openssl pkey -in yours-1.key -pubout"))
        .satisfies(keys ->
            assertThat(keys.substring(0, keys.length() / 2))
                .isEqualTo(keys.substring(keys.length() / 2)));
  }

  /// RFC 8951 §3: each form of body over each version of TLS, with and without the field that means
  /// nothing. It is one request, so there is one certificate.
  @Test
  void everyFormOfBody_getsTheSameCertificate() throws Exception {
    bash.with("LOGIN", "forms-1:" + server.token("forms-1"));
    bash.must(
        NEW_KEY,
        "openssl base64 -A -in device.csr >unbroken",
        "openssl base64 -in device.csr >columns64",
        "base64 -w 76 device.csr >columns76",
        "sed 's/$/\\r/' columns64 >crlf",
        "for tls in 1.2 1.3; do for body in unbroken columns64 columns76 crlf; do",
        "  for field in X-None:1 Content-Transfer-Encoding:base64; do",
        "    curl -sSf --tlsv$tls --tls-max $tls --cacert ca.pem -u $LOGIN -H $field"
            + " -H 'Content-Type: application/pkcs10' --data-binary @$body"
            + " -w '%{ssl_verify_result}\\n' -o answer $CARDEA/.well-known/est/simpleenroll >>done",
        "    openssl base64 -d -A -in answer >der",
        "    [ -e first ] || cp der first",
        "    cmp der first",
        "  done",
        "done; done");

    assertThat(bash.must("wc -l <done").strip()).isEqualTo("16");
    assertThat(
            bash.must("openssl pkcs7 -inform DER -in first -print_certs | grep -c BEGIN").strip())
        .as("the issued certificate alone")
        .isEqualTo("1");
  }

  /// What the certificate points at answers, and belongs together.
  @Test
  void pointersOfACertificate_leadToWhatTheySay() throws Exception {
    enrol("pointers-1");
    bash.must(
        "openssl verify -CAfile ca.pem device.pem",
        "crl=$(openssl x509 -in device.pem -noout -ext crlDistributionPoints"
            + " | sed -n 's/.*URI:\\(http:[^ ]*\\)/\\1/p')",
        "aia=$(openssl x509 -in device.pem -noout -ext authorityInfoAccess"
            + " | sed -n 's/.*CA Issuers - URI:\\(http:[^ ]*\\)/\\1/p')",
        "curl -sSf -o list.crl $crl",
        "openssl crl -inform DER -in list.crl -out list.pem -CAfile ca.pem 2>list.verdict",
        "grep -q 'verify OK' list.verdict",
        "curl -sSf $aia | openssl x509 -inform DER >issuer.pem",
        "openssl x509 -in issuing.pem | cmp - issuer.pem",
        "openssl verify -crl_check -CAfile ca.pem -CRLfile list.pem device.pem");

    // The issuing authority's own pointers lead to the root.
    bash.must(
        "crl=$(openssl x509 -in issuing.pem -noout -ext crlDistributionPoints"
            + " | sed -n 's/.*URI:\\(http:[^ ]*\\)/\\1/p')",
        "curl -sSf $crl | openssl crl -inform DER >root-list.pem",
        "openssl verify -crl_check_all -CAfile root.pem -untrusted issuing.pem"
            + " -CRLfile list.pem -CRLfile root-list.pem device.pem");
  }

  /// An enforcement point of shell lines: it reports a session, and is told to end it.
  @Test
  void enforcementPoint_reportsASessionAndIsToldToEndIt() throws Exception {
    enrol("point-1");
    bash.must("mv device.pem point.pem", "mv device.key point.key");
    enrol("sensor-1");
    ObjectNode hall = JSON.createObjectNode().put("kind", "gateway").put("reports", true);
    hall.put("may_prove", true).putArray("classes").add("device");
    hall.putArray("points").add("point-1");
    server.api().call("PUT", "/api/v1/audiences/hall", hall);
    String json = "curl -sS --cacert ca.pem -H 'Content-Type: application/json' ";
    String asPoint = json + "--cert point.pem --key point.key ";
    String reports = "-d @report $POINTS/v1/reports";

    String opened =
        bash.must(
            "shown=$(openssl x509 -in device.pem -outform DER | sha256sum | cut -d ' ' -f 1)",
            "echo '{\"incarnation\":\"run-1\",\"items\":[{\"kind\":\"opened\",\"session\":\"s-1\","
                + "\"certificate\":\"'$shown'\",\"full_handshake\":true,\"device\":\"sensor-1\"},"
                + "{\"kind\":\"opened\",\"session\":\"s-2\",\"certificate\":\"'$shown'\","
                + "\"device\":\"sensor-2\"}]}' >report",
            asPoint + reports,
            asPoint + reports);
    assertThat(opened)
        .contains("\"known\":false", "\"known\":true")
        .contains("\"answer\":\"admitted\",\"device\":\"sensor-1\"")
        .contains("\"code\":\"identity-mismatch\"");
    JsonNode sensor =
        server.api().call("GET", "/api/v1/credentials?device=sensor-1", null).path("items").path(0);
    assertThat(sensor.path("state").asString()).as("the report is a proof").isEqualTo("current");

    // Whoever is no point reports nothing, and nobody without a certificate is heard.
    assertThat(bash.must(json + "--cert device.pem --key device.key -i " + reports))
        .startsWith("HTTP/1.1 403")
        .contains("reporter-not-entitled");
    assertThat(bash.must(json + "-i " + reports)).startsWith("HTTP/1.1 401");

    // It waits for orders while an operator revokes.
    bash.must(
        "("
            + asPoint
            + "-d '{\"incarnation\":\"run-1\",\"wait_seconds\":25}' $POINTS/v1/orders"
            + " >order 2>&1; mv order ordered) >/dev/null 2>&1 &");
    server
        .api()
        .call(
            "POST",
            "/api/v1/devices/sensor-1/revoke",
            JSON.createObjectNode().put("reason", "key-compromise"));
    assertThat(
            bash.must(
                "for try in $(seq 300); do [ -e ordered ] && break; sleep 0.1; done",
                "cat ordered"))
        .contains("\"session\":\"s-1\",\"device\":\"sensor-1\"");
    assertThat(
            bash.must(
                asPoint
                    + "-d '{\"incarnation\":\"run-1\",\"items\":[{\"kind\":\"closed\","
                    + "\"session\":\"s-1\"}]}' $POINTS/v1/reports"))
        .contains("noted");
    assertThat(server.api().call("GET", "/api/v1/devices/sensor-1/why", null).toString())
        .contains("session.ended");
    server
        .api()
        .call(
            "POST",
            "/api/v1/audiences/hall/remove",
            JSON.createObjectNode().put("reason", "the test is over"));
  }

  @Test
  void revocation_reachesTheDeviceAndTheRelyingParty() throws Exception {
    enrol("revoked-1");
    bash.must(
        "curl -sSf --cacert ca.pem --cert device.pem --key device.key"
            + " $CARDEA/.well-known/cardea/self");
    JsonNode credential =
        server
            .api()
            .call("GET", "/api/v1/credentials?device=revoked-1", null)
            .path("items")
            .path(0);
    ObjectNode reason = JSON.createObjectNode().put("reason", "key-compromise");
    server
        .api()
        .call(
            "POST", "/api/v1/credentials/" + credential.path("id").asString() + "/revoke", reason);

    String with = "curl -sSi --cacert ca.pem --cert device.pem --key device.key ";
    assertThat(bash.must(with + "$CARDEA/.well-known/cardea/self"))
        .startsWith("HTTP/1.1 403")
        .containsIgnoringCase("Cardea-Code: credential-revoked");
    assertThat(
            bash.must(
                "openssl base64 -A -in device.csr | "
                    + with
                    + "-H 'Content-Type: application/pkcs10' --data-binary @-"
                    + " $CARDEA/.well-known/est/simplereenroll"))
        .startsWith("HTTP/1.1 403")
        .containsIgnoringCase("Cardea-Code: credential-revoked");

    // The list follows by itself.
    String said =
        bash.must(
            "crl=$(openssl x509 -in device.pem -noout -ext crlDistributionPoints"
                + " | sed -n 's/.*URI:\\(http:[^ ]*\\)/\\1/p')",
            "serial=$(openssl x509 -in device.pem -noout -serial | cut -d = -f 2)",
            "for try in $(seq 100); do",
            "  curl -sSf $crl | openssl crl -inform DER >list.pem",
            "  openssl crl -in list.pem -noout -text >list.text",
            "  if grep -q \"Serial Number: $serial\" list.text; then break; fi",
            "  sleep 0.2",
            "done",
            "grep -A4 \"Serial Number: $serial\" list.text",
            "if openssl verify -crl_check -CAfile ca.pem -CRLfile list.pem device.pem 2>&1;"
                + " then false; fi");
    assertThat(said).contains("Key Compromise").contains("certificate revoked");
  }

  /// Every kind of secret, fetched, opened, shown and fetched again by a device of shell lines.
  @Test
  void secrets_reachTheDeviceOverItsOwnConnection() throws Exception {
    for (String kind : List.of("pre-shared-key", "data-key", "api-key", "token-signing-key")) {
      server
          .api()
          .call(
              "PUT",
              "/api/v1/classes/device/slots/" + kind,
              JSON.createObjectNode().put("kind", kind).put("life_seconds", 864_000));
    }
    enrol("secrets-1");
    bash.must(
        "own() { curl -sSf --cacert ca.pem --cert device.pem --key device.key \"$@\"; }",
        "at=$CARDEA/.well-known/cardea/secrets",
        "show() { curl -sSf --cacert ca.pem -H \"Authorization: Bearer $(cat $2)\" $at/$1; }",
        "open() { openssl cms -decrypt -binary -inform DER -in $1 -inkey device.key -out $2; }",
        "for kind in pre-shared-key api-key; do",
        "  own -X POST -o first $at/$kind; own -X POST -o again $at/$kind; cmp first again",
        "  open first $kind",
        "  show $kind $kind | grep -q '\"state\":\"current\"'",
        "done",
        "own -X POST -D fields -o sealed $at/data-key; open sealed data",
        "printf 'cardea data key proof' | openssl dgst -sha256 -binary -mac HMAC"
            + " -macopt hexkey:$(od -An -tx1 -v data | tr -d ' \\n')"
            + " | openssl base64 -A | tr '+/' '-_' | tr -d '=' >proof",
        "show data-key proof | grep -q '\"state\":\"current\"'",
        "id=$(tr -d '\\r' <fields | sed -n 's/^[Cc]ardea-[Cc]redential: //p')",
        "own -o version $at/data-key/$id; open version same; cmp data same",
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout sign.key"
            + " -subj / -outform DER -out sign.csr",
        "own -H 'Content-Type: application/pkcs10' --data-binary @sign.csr $at/token-signing-key",
        "[ $(wc -c <pre-shared-key) = 43 ]");

    assertThat(
            server
                .api()
                .call("GET", "/api/v1/devices/secrets-1/slots/token-signing-key/jwks", null)
                .path("keys"))
        .hasSize(1);
    // Without the certificate, or with a secret that nobody has, there is nothing.
    assertThat(
            bash.must(
                "curl -sSi --cacert ca.pem -X POST $CARDEA/.well-known/cardea/secrets/data-key",
                "curl -sSi --cacert ca.pem -H 'Authorization: Bearer x'"
                    + " $CARDEA/.well-known/cardea/secrets/data-key"))
        .containsIgnoringCase("Cardea-Code: authentication-required")
        .containsIgnoringCase("Cardea-Code: credential-unknown");
  }
}
