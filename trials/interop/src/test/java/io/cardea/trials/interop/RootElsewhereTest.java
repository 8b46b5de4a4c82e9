package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cardea.life.testing.NeedsTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A root that the operators hold themselves, made with `openssl`: the request goes out,
/// certificate and chain come back, devices enrol under it, and `openssl verify` agrees with the
/// root alone.
@ExtendWith(WholeServer.Changing.class)
@NeedsTool({"openssl", "curl"})
class RootElsewhereTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String CA =
      "printf 'basicConstraints=critical,CA:TRUE,pathlen:0\\nkeyUsage=critical,keyCertSign,cRLSign\\n"
          + "subjectKeyIdentifier=hash\\nauthorityKeyIdentifier=keyid\\n' >ca.ext";

  @TempDir Path folder;

  private final WholeServer server;
  private Bash bash;

  RootElsewhereTest(WholeServer server) {
    this.server = server;
  }

  @BeforeEach
  void prepare() throws Exception {
    bash = server.bash(folder).with("LISTS", "http://localhost:" + server.httpPort() + "/lists");
    bash.must(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout own-root.key"
            + " -subj '/O=Example/CN=Own Root' -days 3650 -addext keyUsage=critical,keyCertSign,cRLSign"
            + " -addext basicConstraints=critical,CA:TRUE -out own-root.pem",
        CA);
    // Each root of this name has another key, and a name of its own for its list.
    Files.writeString(
        folder.resolve("ca.cnf"),
        """
        [ca]
        default_ca=own
        [own]
        database=index
        crlnumber=number
        default_md=sha256
        crl_extensions=list
        [list]
        authorityKeyIdentifier=keyid
        """);
    bash.must(": >index", "echo 01 >number");
  }

  @Test
  void deviceUnderAnOwnRoot_verifiesWithThatRootAlone() throws Exception {
    JsonNode pending = act("Factory CA", "request", body().put("key", "ec-p256"));
    assertThat(pending.path("state").asString()).isEqualTo("pending");
    assertThat(act("Factory CA", "request", body().put("key", "ec-p256"))).isEqualTo(pending);
    Files.writeString(folder.resolve("factory.csr"), pending.path("request_pem").asString());
    bash.must("echo crlDistributionPoints=URI:$LISTS/own-root.crl >>ca.ext");
    sign("factory.csr", "factory.pem", "-extfile ca.ext -days 1800");

    JsonNode there = install("Factory CA", "factory.pem");

    assertThat(there.path("state").asString()).isEqualTo("active");
    assertThat(install("Factory CA", "factory.pem")).isEqualTo(there);
    server
        .api()
        .call(
            "PUT",
            "/api/v1/profiles/factory",
            body().put("like", "device").put("authority", "Factory CA"));
    server
        .api()
        .call("POST", "/api/v1/classes", body().put("name", "factory").put("profile", "factory"));
    bash.with("LOGIN", "factory-1:" + server.token("factory-1", "factory"));
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout device.key"
            + " -subj / -outform DER -out device.csr",
        "openssl base64 -A -in device.csr | curl -sSf --cacert ca.pem -u $LOGIN"
            + " -H 'Content-Type: application/pkcs10' --data-binary @-"
            + " $CARDEA/.well-known/est/simpleenroll"
            + " | openssl base64 -d -A | openssl pkcs7 -inform DER -print_certs -out device.pem",
        "aia=$(openssl x509 -in device.pem -noout -ext authorityInfoAccess"
            + " | sed -n 's/.*CA Issuers - URI:\\(http:[^ ]*\\)/\\1/p')",
        "curl -sSf $aia | openssl x509 -inform DER -out fetched.pem",
        "openssl verify -CAfile own-root.pem -untrusted fetched.pem device.pem",
        "crl=$(openssl x509 -in device.pem -noout -ext crlDistributionPoints"
            + " | sed -n 's/.*URI:\\(http:[^ ]*\\)/\\1/p')",
        "curl -sSf $crl | openssl crl -inform DER -out list.pem",
        "openssl verify -crl_check -CAfile own-root.pem -untrusted fetched.pem -CRLfile list.pem"
            + " device.pem",
        // The authorities that clients of EST are told of hold the own root too.
        "curl -sSf --cacert ca.pem $CARDEA/.well-known/est/cacerts | openssl base64 -d -A"
            + " | openssl pkcs7 -inform DER -print_certs -out told.pem",
        "openssl verify -CAfile told.pem device.pem");
    assertThat(Files.readString(folder.resolve("told.pem"))).contains("CN = Own Root");

    rootsList_isServed();

    // A device in use renews: its certificate is judged by who issued it.
    assertThat(
            bash.must(
                "curl -sSf --cacert ca.pem --cert device.pem --key device.key"
                    + " $CARDEA/.well-known/cardea/self"))
        .contains("factory-1");
  }

  /// The root's own list is signed where the root is, and fetched where its certificates say.
  private void rootsList_isServed() throws Exception {
    String sign =
        "openssl ca -config ca.cnf -gencrl -keyfile own-root.key -cert own-root.pem -crldays 300"
            + " -out root-list.pem 2>/dev/null";
    String check =
        "curl -sSf $url | openssl crl -inform DER -out root.crl.pem; openssl verify -crl_check_all"
            + " -CAfile own-root.pem -untrusted fetched.pem -CRLfile list.pem -CRLfile root.crl.pem"
            + " device.pem";
    bash.with("HERE", server.lists().toString());
    bash.must(
        "url=$(openssl x509 -in fetched.pem -noout -ext crlDistributionPoints"
            + " | sed -n 's/.*URI:\\(http:[^ ]*\\)/\\1/p')",
        "if curl -sSf $url 2>/dev/null; then exit 1; fi",
        sign,
        "cp root-list.pem $HERE/.new && mv $HERE/.new $HERE/own-root.crl",
        // It was asked for a moment ago, and is looked for again a second later.
        "for try in $(seq 100); do curl -sSf $url >/dev/null 2>&1 && break; sleep 0.1; done",
        check,
        "openssl ca -config ca.cnf -revoke factory.pem -crl_reason CACompromise -keyfile"
            + " own-root.key -cert own-root.pem 2>/dev/null",
        sign,
        "cp root-list.pem $HERE/.new && mv $HERE/.new $HERE/own-root.crl",
        "for try in $(seq 100); do curl -sSf $url | openssl crl -inform DER -noout -text"
            + " | grep -q 'CA Compromise' && break; sleep 0.1; done",
        "{ " + check + " || true; } 2>&1 | grep -q 'certificate revoked'");
  }

  /// Devices that cannot verify ECDSA are shown a chain of RSA, from an authority of RSA here.
  @Test
  void serverShowsAnRsaChainToWhoWantsOne() throws Exception {
    server
        .api()
        .call(
            "POST",
            "/api/v1/authorities",
            body().put("name", "RSA Root").put("kind", "root").put("key", "rsa-2048-and-up"));
    JsonNode issuing =
        server
            .api()
            .call(
                "POST",
                "/api/v1/authorities",
                body()
                    .put("name", "RSA CA")
                    .put("kind", "issuing")
                    .put("under", "RSA Root")
                    .put("key", "rsa-2048-and-up"));
    JsonNode root =
        server
            .api()
            .call("GET", "/api/v1/authorities/" + issuing.path("issuer_id").asString(), null);
    Files.writeString(folder.resolve("rsa-root.pem"), root.path("certificate_pem").asString());
    String shown =
        "shown() { openssl s_client -connect ${CARDEA#https://} -verify_hostname localhost"
            + " -verify_return_error \"$@\" </dev/null >said 2>&1 || { cat said >&2; return 1; };"
            + " openssl x509 -in said -noout -text; }";
    bash.must(
        shown,
        "if shown -CAfile rsa-root.pem -tls1_2 -cipher aRSA >/dev/null; then exit 1; fi",
        "shown -CAfile ca.pem >text; grep -q 'Public Key Algorithm: id-ecPublicKey' text");

    server
        .api()
        .call(
            "PUT",
            "/api/v1/profiles/server-rsa",
            body().put("like", "server").put("authority", "RSA CA"));

    bash.must(
        shown,
        "shown -CAfile rsa-root.pem -tls1_2 -cipher aRSA >text",
        "grep -q 'Key Algorithm: rsaEncryption' text",
        "shown -CAfile rsa-root.pem -sigalgs RSA-PSS+SHA256:RSA+SHA256 >text",
        "grep -q 'Signature Algorithm: sha256WithRSAEncryption' text",
        "shown -CAfile ca.pem >text; grep -q 'Public Key Algorithm: id-ecPublicKey' text");
  }

  @Test
  void whatIsWrongWithACertificate_isSaid() throws Exception {
    JsonNode pending = act("Choosy CA", "request", body().put("key", "ec-p256"));
    Files.writeString(folder.resolve("choosy.csr"), pending.path("request_pem").asString());
    bash.must(
        "printf 'basicConstraints=critical,CA:FALSE\\nsubjectKeyIdentifier=hash\\n' >leaf.ext",
        "printf 'basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,digitalSignature\\n"
            + "subjectKeyIdentifier=hash\\n' >usage.ext",
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -subj /CN=Other -days 30"
            + " -out other.pem",
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout short.key"
            + " -subj '/CN=Short Root' -days 3650 -addext keyUsage=critical,keyCertSign,cRLSign"
            + " -addext basicConstraints=critical,CA:TRUE,pathlen:0 -out short.pem");
    sign("choosy.csr", "leaf.pem", "-extfile leaf.ext -days 30");
    sign("choosy.csr", "usage.pem", "-extfile usage.ext -days 30");
    sign("choosy.csr", "sha1.pem", "-extfile ca.ext -days 30 -sha1");
    sign("choosy.csr", "long.pem", "-extfile ca.ext -days 7300");
    sign("choosy.csr", "good.pem", "-extfile ca.ext -days 30");
    bash.must(
        "openssl x509 -req -in choosy.csr -CA short.pem -CAkey short.key -set_serial 7 -extfile"
            + " ca.ext -days 30 -out deep.pem");

    assertRefused("leaf.pem", "own-root.pem", "does not say CA:TRUE");
    assertRefused("usage.pem", "own-root.pem", "lacks keyCertSign");
    assertRefused("sha1.pem", "own-root.pem", "weak");
    assertRefused("long.pem", "own-root.pem", "longer than its issuer");
    assertRefused("other.pem", "own-root.pem", "none of the 2 certificates has the key");
    assertRefused("good.pem", "other.pem", "is missing from the chain");
    assertRefused("deep.pem", "short.pem", "path length of 0");
    act("Choosy CA", "withdraw", body());
    assertThatThrownBy(() -> install("Choosy CA", "good.pem")).hasMessageContaining("not-found");
  }

  /// An issuing authority that lived elsewhere, with its key in a PKCS#12 file of `openssl`.
  @Test
  void authorityInAPkcs12File_isTakenOver() throws Exception {
    bash.must(
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout old.key"
            + " -subj '/CN=Old CA' -out old.csr");
    sign("old.csr", "old.pem", "-extfile ca.ext -days 900");
    bash.must(
        "openssl pkcs12 -export -inkey old.key -in old.pem -certfile own-root.pem -passout"
            + " pass:planted -out old.p12",
        "openssl base64 -A -in old.p12 -out old.b64");
    String file = Files.readString(folder.resolve("old.b64"));
    ObjectNode body = body().put("pkcs12", file).put("password", "planted");

    assertThatThrownBy(
            () -> act("Old CA", "import", body().put("pkcs12", file).put("password", "guessed-1")))
        .hasMessageContaining("cannot be opened")
        .hasMessageNotContaining("guessed-1");
    JsonNode there = act("Old CA", "import", body.put("crl_number", "4711"));

    assertThat(there.path("state").asString()).isEqualTo("active");
    assertThat(there.path("key_home").asString()).isEqualTo("software");
    assertThat(act("Old CA", "import", body)).isEqualTo(there);
    Files.writeString(folder.resolve("taken.pem"), there.path("certificate_pem").asString());
    bash.must(
        "openssl x509 -in old.pem | cmp - taken.pem",
        "curl -sSf http://localhost:"
            + server.httpPort()
            + "/crl/"
            + there.path("id").asString()
            + "/0.crl | openssl crl -inform DER -out list.pem -CAfile old.pem 2>verdict",
        "grep -q 'verify OK' verdict");
  }

  private void assertRefused(String certificate, String chain, String why) {
    assertThatThrownBy(() -> install("Choosy CA", certificate, chain))
        .hasMessageContaining("authority-certificate-refused")
        .hasMessageContaining(why);
  }

  private void sign(String request, String certificate, String how) throws Exception {
    bash.must(
        "openssl x509 -req -in "
            + request
            + " -CA own-root.pem -CAkey own-root.key -CAcreateserial "
            + how
            + " -out "
            + certificate);
  }

  private JsonNode install(String name, String certificate) throws IOException {
    return install(name, certificate, "own-root.pem");
  }

  private JsonNode install(String name, String certificate, String chain) throws IOException {
    return act(
        name,
        "install",
        body()
            .put("certificate_pem", Files.readString(folder.resolve(certificate)))
            .put("chain_pem", Files.readString(folder.resolve(chain))));
  }

  private JsonNode act(String name, String act, ObjectNode body) throws IOException {
    return server
        .api()
        .call("POST", "/api/v1/authorities/" + name.replace(" ", "%20") + "/" + act, body);
  }

  private static ObjectNode body() {
    return JSON.createObjectNode();
  }
}
