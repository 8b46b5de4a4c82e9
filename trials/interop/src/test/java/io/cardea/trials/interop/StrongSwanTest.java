package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// strongSwan's `pki`, unmodified, as the device.
@ExtendWith(WholeServer.Shared.class)
@NeedsTool({"pki", "openssl"})
class StrongSwanTest {
  @TempDir Path folder;

  private final WholeServer server;
  private Bash bash;

  StrongSwanTest(WholeServer server) {
    this.server = server;
  }

  @BeforeEach
  void prepare() throws Exception {
    bash = server.bash(folder);
  }

  @Test
  void authorities_areThoseOfTheServer() throws Exception {
    bash.must(
        "pki --estca --url $CARDEA --cacert root.pem --caout ca-root.der",
        "for der in ca-root*.der; do openssl x509 -inform DER -in $der; done | sort >fetched",
        "for pem in root.pem issuing.pem; do openssl x509 -in $pem; done | sort >expected",
        "cmp fetched expected");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith(".der"))
          .hasSize(2);
    }
  }

  @Test
  void device_enrolsWithItsTokenAndRenewsWithItsCertificate() throws Exception {
    bash.with("TOKEN", server.token("strongswan-1"));
    bash.must(
        "trust='--cacert root.pem --cacert issuing.pem'",
        "pki --gen --type ecdsa --size 256 >first.key",
        "pki --req --type ecdsa --in first.key --dn CN=strongswan-1 >first.csr",
        "pki --est --url $CARDEA --in first.csr $trust --userpass strongswan-1:$TOKEN >first.der",
        "openssl x509 -inform DER -in first.der -out first.pem",
        "openssl verify -CAfile root.pem -untrusted issuing.pem first.pem",
        "pki --gen --type ecdsa --size 256 >second.key",
        "pki --req --type ecdsa --in second.key --dn CN=strongswan-1 >second.csr",
        "pki --est --url $CARDEA --in second.csr $trust --cert first.pem --key first.key"
            + " >second.der",
        "openssl x509 -inform DER -in second.der -out second.pem",
        "openssl verify -CAfile root.pem -untrusted issuing.pem second.pem");

    assertThat(bash.must("openssl x509 -in second.pem -noout -ext subjectAltName"))
        .contains("URI:spiffe://" + WholeServer.TRUST_DOMAIN + "/device/strongswan-1");
    assertThat(bash.must("openssl x509 -in second.pem -noout -pubkey"))
        .isEqualTo(bash.must("pki --pub --in second.key --type priv --outform pem"))
        .isNotEqualTo(bash.must("openssl x509 -in first.pem -noout -pubkey"));
    assertThat(states("strongswan-1")).containsExactly("staged", "current");
  }

  @Test
  void retry_getsTheSameCertificate() throws Exception {
    bash.with("TOKEN", server.token("strongswan-2"));
    bash.must(
        "pki --gen --type rsa --size 2048 >device.key",
        "pki --req --type rsa --in device.key --dn CN=strongswan-2 >device.csr",
        "for try in 1 2; do pki --est --url $CARDEA --in device.csr --cacert root.pem"
            + " --cacert issuing.pem --userpass strongswan-2:$TOKEN >$try.der; done",
        "cmp 1.der 2.der");
    assertThat(states("strongswan-2")).hasSize(1);
  }

  private Stream<String> states(String device) throws Exception {
    return server
        .api()
        .call("GET", "/api/v1/credentials?device=" + device, null)
        .path("items")
        .valueStream()
        .map(credential -> credential.path("state").asString());
  }
}
