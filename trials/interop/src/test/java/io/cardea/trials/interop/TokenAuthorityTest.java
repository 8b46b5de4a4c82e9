package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

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

  @TempDir Path folder;

  @Test
  void tokenIsPulledAndPutBack_andNobodyNoticesForLong() throws Exception {
    SoftHsm hsm = SoftHsm.shared();
    hsm.token("cardea-authority");
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
                    hsm.file("pin").toString()))) {
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
}
