package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.X509CertUtils;
import io.cardea.life.testing.NeedsTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What relying parties fetch again now and then, with `curl`, and judge with a library of others.
@ExtendWith(WholeServer.Shared.class)
@NeedsTool({"openssl", "curl"})
class TrustBundleTest {
  private static final String PATH = "/.well-known/cardea/trust-bundle";

  private final WholeServer server;

  TrustBundleTest(WholeServer server) {
    this.server = server;
  }

  @Test
  void pem_isWhatVerifiesTheServer(@TempDir Path folder) throws Exception {
    Bash bash = server.bash(folder);
    bash.must(
        "curl -sSf -o bundle.pem http://127.0.0.1:" + server.httpPort() + PATH,
        "curl -sSf --cacert ca.pem -o again.pem $CARDEA" + PATH,
        "cmp bundle.pem again.pem",
        "curl -sSf --cacert bundle.pem -o third.pem $CARDEA" + PATH);
    assertThat(bash.must("openssl storeutl -noout -certs bundle.pem")).contains("Total found: 2");
  }

  @Test
  void rfc9111Section4_3_unchangedBundle_isNotSentAgain(@TempDir Path folder) throws Exception {
    String url = "http://127.0.0.1:" + server.httpPort() + PATH;
    String twice =
        server
            .bash(folder)
            .must(
                "curl -sSf --etag-save tag -o one.pem " + url,
                "curl -sS --etag-compare tag -D - -o two.pem " + url);

    assertThat(twice).startsWith("HTTP/1.1 304").contains("max-age=3600");
  }

  /// RFC 7515 §4.1.6: the signer is a certificate that leads to a root that one has.
  @Test
  void rfc7515Section4_1_6_signedForm_isSignedByTheAuthorityAndHasItsRoots(@TempDir Path folder)
      throws Exception {
    Bash bash = server.bash(folder);
    bash.must(
        "curl -sSf -H 'Accept: application/jose' -o bundle.jws http://127.0.0.1:"
            + server.httpPort()
            + PATH);

    JWSObject jws = JWSObject.parse(Files.readString(folder.resolve("bundle.jws")));
    X509Certificate signer =
        X509CertUtils.parse(jws.getHeader().getX509CertChain().getFirst().decode());
    X509Certificate root =
        X509CertUtils.parse(jws.getHeader().getX509CertChain().getLast().decode());
    assertThat(jws.getHeader().getAlgorithm()).isIn(JWSAlgorithm.ES256, JWSAlgorithm.ES384);
    assertThat(jws.verify(new ECDSAVerifier((ECPublicKey) signer.getPublicKey()))).isTrue();
    signer.verify(root.getPublicKey());
    assertThat(X509CertUtils.toPEMString(root))
        .isEqualToIgnoringWhitespace(Files.readString(folder.resolve("root.pem")));

    JWKSet bundle = JWKSet.parse(jws.getPayload().toString());
    assertThat(bundle.getKeys()).hasSize(1);
    assertThat(
            X509CertUtils.parse(bundle.getKeys().getFirst().getX509CertChain().getFirst().decode()))
        .isEqualTo(root);
    assertThat(jws.getPayload().toJSONObject())
        .containsEntry("spiffe_refresh_hint", 3600L)
        .containsKey("spiffe_sequence");
  }
}
