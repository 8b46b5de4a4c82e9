package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A device with a birth certificate that openssl made as a manufacturer would (IEEE 802.1AR: no
/// end, a serialNumber in the subject, an authority between it and the root), curl and strongSwan.
@ExtendWith(WholeServer.Shared.class)
@NeedsTool({"openssl", "curl", "pki"})
class BirthCertificateTest {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String MANUFACTURER =
      """
      [req]
      distinguished_name=dn
      x509_extensions=authority
      prompt=no
      [dn]
      O=Acme
      CN=Acme Root
      [authority]
      basicConstraints=critical,CA:TRUE
      keyUsage=critical,keyCertSign,cRLSign
      subjectKeyIdentifier=hash
      [born]
      keyUsage=critical,digitalSignature
      authorityKeyIdentifier=keyid
      [ca]
      default_ca=acme
      [acme]
      database=index.txt
      new_certs_dir=.
      serial=serial
      default_md=sha256
      policy=any
      unique_subject=no
      [any]
      commonName=supplied
      serialNumber=optional
      """;

  private static final String KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
  private static final String ISSUE =
      "openssl ca -batch -notext -config acme.cnf -startdate 20200101000000Z"
          + " -enddate 99991231235959Z ";

  @TempDir Path folder;

  private final WholeServer server;
  private Bash bash;

  BirthCertificateTest(WholeServer server) {
    this.server = server;
  }

  @BeforeEach
  void prepare() throws Exception {
    bash = server.bash(folder);
    Files.writeString(folder.resolve("acme.cnf"), MANUFACTURER);
    bash.must(
        "openssl req -x509 -config acme.cnf " + KEY + "-keyout root.key -out acme.pem -days 3650",
        ": >index.txt; echo 01 >serial",
        "openssl req -new -config acme.cnf "
            + KEY
            + "-keyout line.key -out line.csr"
            + " -subj /CN=Acme-Line-3",
        ISSUE
            + "-extensions authority -cert acme.pem -keyfile root.key -in line.csr -out line.pem");
  }

  private void born(String serialNumber) throws Exception {
    bash.must(
        "openssl req -new -config acme.cnf "
            + KEY
            + "-keyout born.key -out born.csr"
            + " -subj /CN=pump/serialNumber="
            + serialNumber,
        ISSUE + "-extensions born -cert line.pem -keyfile line.key -in born.csr -out born.pem",
        "cat born.pem line.pem >chain.pem");
  }

  private void newKey() throws Exception {
    bash.must(
        "openssl req -new " + KEY + "-keyout device.key -subj / -outform DER -out device.csr");
  }

  private String knock(String how) throws Exception {
    return knock(how, "");
  }

  private String knock(String how, String label) throws Exception {
    return bash.must(
        "openssl base64 -A -in device.csr | curl "
            + how
            + " --cacert ca.pem --cert chain.pem --key born.key"
            + " -H 'Content-Type: application/pkcs10' --data-binary @-"
            + " $CARDEA/.well-known/est/"
            + label
            + "simpleenroll");
  }

  private String enrol() throws Exception {
    Files.writeString(folder.resolve("answer"), knock("-sSf"));
    return bash.must(
        "openssl base64 -d -A -in answer"
            + " | openssl pkcs7 -inform DER -print_certs -out device.pem",
        "openssl verify -CAfile ca.pem device.pem",
        "openssl x509 -in device.pem -noout -fingerprint -sha256");
  }

  private void trust(String name, String deviceClass, String rule) throws Exception {
    trust(name, deviceClass, rule, "");
  }

  private void trust(String name, String deviceClass, String rule, String chain) throws Exception {
    ObjectNode its =
        JSON.createObjectNode()
            .put("class", deviceClass)
            .put("environment", "production")
            .put("authority_pem", Files.readString(folder.resolve("acme.pem")))
            .put("chain_pem", chain)
            .put("device_id", rule)
            .put("registers", true);
    server.api().call("PUT", "/api/v1/manufacturers/" + name, its);
  }

  private void deviceClass(String name, boolean recovers) throws Exception {
    server
        .api()
        .call(
            "POST",
            "/api/v1/classes",
            JSON.createObjectNode()
                .put("name", name)
                .put("profile", "device")
                .put("birth_certificate_recovers", recovers));
  }

  @Test
  void deviceWithABirthCertificate_enrolsRetriesAndRenews() throws Exception {
    deviceClass("born", false);
    trust("acme", "born", "acme-{serialNumber}");
    born("A-17");
    newKey();

    String first = enrol();
    assertThat(enrol()).as("a retry").isEqualTo(first);

    String self =
        "curl -sS --cacert ca.pem --cert device.pem --key device.key"
            + " $CARDEA/.well-known/cardea/self";
    assertThat(bash.must(self)).contains("\"acme-A-17\"").contains("current");
    JsonNode device = server.api().call("GET", "/api/v1/devices/acme-A-17", null);
    assertThat(device.path("environment").asString()).isEqualTo("production");
    assertThat(device.path("state").asString()).isEqualTo("enrolled");

    newKey();
    assertThat(knock("-sSi"))
        .startsWith("HTTP/1.1 401")
        .containsIgnoringCase("Cardea-Code: birth-certificate-spent");
    assertThat(bash.must(self.replace("device.pem", "chain.pem").replace("device.key", "born.key")))
        .as("a birth certificate gives no access")
        .doesNotContain("acme-A-17");
  }

  @Test
  void classThatNamesIt_recoversWithItAfterARevocation() throws Exception {
    deviceClass("recovering", true);
    trust("acme-recovering", "recovering", "rec-{serialNumber}");
    born("B-1");
    newKey();
    enrol();
    server
        .api()
        .call(
            "POST",
            "/api/v1/devices/rec-B-1/revoke",
            JSON.createObjectNode().put("reason", "key-compromise"));

    assertThat(knock("-sSi")).containsIgnoringCase("Cardea-Code: key-compromised");
    newKey();
    enrol();
    assertThat(
            bash.must(
                "curl -sS --cacert ca.pem --cert device.pem --key device.key"
                    + " $CARDEA/.well-known/cardea/self"))
        .contains("rec-B-1");
  }

  @Test
  void classThatAsksForApproval_makesTheDeviceWaitAtItsLabel() throws Exception {
    server
        .api()
        .call(
            "POST",
            "/api/v1/classes",
            JSON.createObjectNode()
                .put("name", "approved")
                .put("profile", "device")
                .put("approval", true));
    trust("acme-approved", "approved", "approved-{serialNumber}");
    born("D-1");
    newKey();

    String first = knock("-sSi", "approved/");
    assertThat(first).startsWith("HTTP/1.1 202").containsIgnoringCase("Retry-After:");
    assertThat(knock("-sSi", "approved/")).startsWith("HTTP/1.1 202");
    JsonNode waiting = server.api().call("GET", "/api/v1/enrolments", null).path("items");
    assertThat(waiting).hasSize(1);
    assertThat(waiting.path(0).path("device").asString()).isEqualTo("approved-D-1");
    server
        .api()
        .call(
            "POST",
            "/api/v1/enrolments/" + waiting.path(0).path("id").asString() + "/approve",
            JSON.createObjectNode().put("reason", "seen at the line"));

    enrol();
    assertThat(knock("-sSi", "device/")).startsWith("HTTP/1.1 40");
    assertThat(knock("-sSi", "no-such-class/")).startsWith("HTTP/1.1 404");
    assertThat(bash.must("curl -sSi --cacert ca.pem $CARDEA/.well-known/est/approved/csrattrs"))
        .startsWith("HTTP/1.1 200");
    assertThat(
            bash.must("curl -sSi --cacert ca.pem $CARDEA/.well-known/est/no-such-class/csrattrs"))
        .startsWith("HTTP/1.1 404");
  }

  /// A client that shows its own certificate alone: what stands above it was imported.
  @Test
  void strongSwan_enrolsWithABirthCertificate() throws Exception {
    deviceClass("swans", false);
    trust(
        "acme-swans", "swans", "swan-{serialNumber}", Files.readString(folder.resolve("line.pem")));
    born("E-1");
    bash.must(
        "pki --gen --type ecdsa --size 256 >swan.key",
        "pki --req --type ecdsa --in swan.key --dn CN=swan-E-1 >swan.csr",
        "pki --est --url $CARDEA --in swan.csr --cacert root.pem --cacert issuing.pem"
            + " --cert born.pem --key born.key >swan.der",
        "openssl x509 -inform DER -in swan.der -out swan.pem",
        "openssl verify -CAfile root.pem -untrusted issuing.pem swan.pem");

    assertThat(bash.must("openssl x509 -in swan.pem -noout -ext subjectAltName"))
        .contains("/device/swan-E-1");
  }

  @Test
  void chainOfSomebodyElse_isRefusedAndTheCheckSaysWhy() throws Exception {
    deviceClass("strict", false);
    trust("acme-strict", "strict", "strict-{serialNumber}");
    born("C-1");
    bash.must("openssl req -new " + KEY + "-keyout born.key -subj / -out /dev/null");
    bash.must(
        "openssl req -x509 "
            + KEY
            + "-keyout born.key -out chain.pem"
            + " -subj /CN=pump/serialNumber=C-1");
    newKey();

    assertThat(knock("-sSi"))
        .startsWith("HTTP/1.1 401")
        .containsIgnoringCase("Cardea-Code: birth-certificate-refused");
    JsonNode report =
        server
            .api()
            .call(
                "POST",
                "/api/v1/certificates/check",
                JSON.createObjectNode()
                    .put("certificate_pem", Files.readString(folder.resolve("chain.pem"))));
    assertThat(report.path("good").asBoolean()).isFalse();
    assertThat(report.path("decision").asString()).contains("no path leads");
    JsonNode good =
        server
            .api()
            .call(
                "POST",
                "/api/v1/certificates/check",
                JSON.createObjectNode()
                    .put("certificate_pem", Files.readString(folder.resolve("born.pem")))
                    .put("chain_pem", Files.readString(folder.resolve("line.pem"))));
    assertThat(good.path("good").asBoolean()).isTrue();
    assertThat(good.path("decision").asString()).contains("birth certificate of the device");
  }
}
