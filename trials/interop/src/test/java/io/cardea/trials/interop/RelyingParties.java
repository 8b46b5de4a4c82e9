package io.cardea.trials.interop;

import static org.assertj.core.api.Assertions.assertThat;

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

/// Those who ask about `device.pem`, of four makes and in every way that they know: `openssl ocsp`,
/// `openssl verify` with a list that it fetches, GnuTLS, and the JDK. In the same folder they find
/// `issuing.pem`, `root.pem`, and both as `ca.pem`.
final class RelyingParties {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  static final String POINTERS =
      """
      url=$(openssl x509 -in device.pem -noout -ocsp_uri)
      crl=$(openssl x509 -in device.pem -noout -ext crlDistributionPoints \
        | sed -n 's/.*URI:\\(http:[^ ]*\\)/\\1/p')
      ask() { openssl ocsp "$@" -issuer issuing.pem -cert device.pem -url $url -CAfile root.pem \
        -no_nonce 2>&1; }
      """;

  private final Path folder;
  private final Bash bash;
  private final HttpClient http = HttpClient.newHttpClient();

  RelyingParties(Path folder, Bash bash) {
    this.folder = folder;
    this.bash = bash;
  }

  enum Verdict {
    GOOD("good"),
    REVOKED("revoked");

    private final String word;

    Verdict(String word) {
      this.word = word;
    }
  }

  /// Every way of every relying party leads to this.
  void allSay(Verdict verdict) throws Exception {
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
}
