package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.apps.cli.Cardea;
import io.cardea.life.testing.NeedsTool;
import io.cardea.platform.keys.RemoteHsm;
import io.cardea.platform.keys.SoftHsm;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A server whose authorities live in a PKCS#11 token from the first start: SoftHSM, behind a cable
/// that can be pulled.
@NeedsTool({"openssl", "curl", "softhsm2-util", "p11-kit"})
class TokenAuthorityTest {
  private static final String ENROL =
      "openssl base64 -A -in device.csr | curl -sS --cacert ca.pem -u $LOGIN -D head"
          + " -H 'Content-Type: application/pkcs10' --data-binary @- -o answer"
          + " $CARDEA/.well-known/est/simpleenroll";

  private static final String SERVER =
      """
      server() { openssl req -new -newkey $2 -pkeyopt $3 -nodes -keyout $1.key.new -subj /CN=$1 \
        -out $1.csr 2>/dev/null
      printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nextendedKeyUsage=serverAuth\\n' >$1.ext
      openssl x509 -req -in $1.csr -CA own-root.pem -CAkey own-root.key -days 9 -extfile $1.ext \
        -set_serial $RANDOM -out $1.pem.new 2>/dev/null
      mv $1.key.new $1.key; mv $1.pem.new $1.pem; chmod 600 $1.key; }
      """;

  @TempDir Path folder;

  @Test
  void tokenIsPulledAndPutBack_andNobodyNoticesForLong() throws Exception {
    SoftHsm hsm = SoftHsm.shared();
    hsm.token("cardea-authority");
    otherPki();
    try (RemoteHsm remote = new RemoteHsm(hsm, "cardea-authority");
        WholeServer server =
            WholeServer.start(
                Map.of(
                    "keys.home",
                    "pkcs11",
                    "keys.pkcs11.module",
                    RemoteHsm.CLIENT.toString(),
                    "keys.pkcs11.token",
                    "cardea-authority",
                    "keys.pkcs11.pin-file",
                    hsm.file("pin").toString(),
                    "tls.certificate",
                    folder.resolve("own.pem").toString(),
                    "tls.key",
                    folder.resolve("own.key").toString(),
                    "tls.second-certificate",
                    folder.resolve("own-rsa.pem").toString(),
                    "tls.second-key",
                    folder.resolve("own-rsa.key").toString(),
                    "tls.anchors",
                    folder.resolve("own-root.pem").toString()))) {
      for (JsonNode authority :
          server.api().call("GET", "/api/v1/authorities", null).path("items")) {
        assertThat(authority.path("key_home").asString()).isEqualTo("pkcs11");
      }
      Bash bash = server.bash(folder).with("LOGIN", "token-1:" + server.token("token-1"));
      bash.must(
          "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout device.key"
              + " -subj / -outform DER -out device.csr",
          ENROL,
          "openssl base64 -d -A -in answer | openssl pkcs7 -inform DER -print_certs -out device.pem",
          "openssl verify -CAfile root.pem -untrusted issuing.pem device.pem");

      serverCertificate_isTheOneOfTheFiles(bash);

      remote.pull();

      bash.with("LOGIN", "token-2:" + server.token("token-2"));
      bash.must(
          "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout"
              + " second.key -subj / -outform DER -out device.csr",
          ENROL);
      assertThat(bash.must("cat head"))
          .startsWith("HTTP/1.1 503")
          .containsIgnoringCase("Cardea-Code: authority-unavailable")
          .containsIgnoringCase("Retry-After: ");
      // What needs no signature goes on: who is known is let in.
      assertThat(
              bash.must(
                  "curl -sSf --cacert ca.pem --cert device.pem --key device.key"
                      + " $CARDEA/.well-known/cardea/self"))
          .contains("token-1");

      remote.putBack();

      bash.must(
          "for try in $(seq 300); do",
          "  " + ENROL,
          "  if head -1 head | grep -q 200; then break; fi",
          "  sleep 0.2",
          "done",
          "openssl base64 -d -A -in answer | openssl pkcs7 -inform DER -print_certs -out second.pem",
          "openssl verify -CAfile root.pem -untrusted issuing.pem second.pem");
    }
  }

  /// Without a server: the key of the root is made in the token, of Ed25519, signs a request, and
  /// is found there again for the list.
  @Test
  void ceremony_keepsTheRootsKeyInTheToken() throws Exception {
    SoftHsm hsm = SoftHsm.shared();
    hsm.token("cardea-root");
    Bash bash =
        new Bash(folder)
            .with("SOFTHSM2_CONF", hsm.file("softhsm2.conf").toString())
            .with("PIN", hsm.file("pin").toString())
            .with("JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .with("CLASSES", System.getProperty("java.class.path"))
            .with("CARDEA", Cardea.class.getName());
    String ceremony =
        "ceremony() { $JAVA --enable-native-access=ALL-UNNAMED"
            + " --sun-misc-unsafe-memory-access=allow -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
            + " -cp \"$CLASSES\" $CARDEA ca ceremony root --operator Alice --witness Bob --yes"
            + " --module /usr/lib/softhsm/libsofthsm2.so --token cardea-root --pin-file $PIN"
            + " \"$@\"; }";
    bash.must(
        ceremony,
        "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout factory.key"
            + " -subj /CN=Factory -out factory.csr",
        "ceremony --subject 'CN=Token Root' --key ed25519 --request factory.csr --crl-url"
            + " http://pki.example.org/lists/root.crl",
        "grep -q '^token object [0-9a-f]*$' root/root.key",
        "openssl x509 -in root/root.pem -noout -text | grep -q 'Signature Algorithm: ED25519'",
        "ceremony --list",
        "openssl crl -inform DER -in root/root.crl -out list.pem",
        "openssl verify -crl_check -CAfile root/root.pem -CRLfile list.pem root/issued-*.pem",
        "cat root/transcript-*");
    assertThat(bash.must("cat root/transcript-*"))
        .contains("key made in the token cardea-root, object ")
        .contains("root opened, in the token cardea-root, object ")
        .doesNotContain(SoftHsm.PIN);
  }

  /// A PKI that is not Cardea's, for the server's own certificate.
  private void otherPki() throws Exception {
    Bash bash = new Bash(folder, Map.of());
    bash.must(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout own-root.key"
            + " -subj /CN=Other -days 30 -addext keyUsage=critical,keyCertSign,cRLSign"
            + " -out own-root.pem",
        SERVER + "server own ec ec_paramgen_curve:P-256",
        SERVER + "server own-rsa rsa rsa_keygen_bits:2048");
  }

  /// Each client gets the chain that it can verify, and a new one is shown without a restart.
  private static void serverCertificate_isTheOneOfTheFiles(Bash bash) throws Exception {
    bash.must(
        "shown() { openssl s_client -connect ${CARDEA#https://} -CAfile own-root.pem"
            + " -verify_return_error \"$@\" </dev/null 2>/dev/null | openssl x509; }",
        "shown | cmp - own.pem",
        "shown -sigalgs RSA-PSS+SHA256:RSA+SHA256 | cmp - own-rsa.pem",
        "shown -tls1_2 -cipher aRSA | cmp - own-rsa.pem",
        // EST clients are told whom to trust for it.
        "curl -sSf --cacert own-root.pem $CARDEA/.well-known/est/cacerts | openssl base64 -d -A"
            + " | openssl pkcs7 -inform DER -print_certs | grep -q 'subject=CN = Other'",
        "cp own.pem before.pem",
        SERVER + "server own ec ec_paramgen_curve:P-256",
        "for try in $(seq 300); do shown | cmp -s - own.pem && break; sleep 0.2; done",
        "shown | cmp - own.pem",
        "if cmp -s own.pem before.pem; then exit 1; fi");
  }
}
