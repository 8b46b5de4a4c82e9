package io.cardea.trials.faults;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/// Somebody who asks one replica about one certificate.
///
/// @param authority the id of who issued it, as the paths have it
record RelyingParty(
    int port, X509Certificate certificate, X509Certificate issuer, String authority) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  static RelyingParty of(TrialServer server, X509Certificate certificate) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    try (var in = Files.newInputStream(server.server().directory().trustedAuthorities())) {
      for (var each : factory.generateCertificates(in)) {
        X509Certificate authority = (X509Certificate) each;
        if (authority.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
          String id =
              server.server().store().authorities().stream()
                  .filter(known ->
                      known.certificate().toX509().getPublicKey().equals(authority.getPublicKey()))
                  .findFirst()
                  .orElseThrow()
                  .id()
                  .value();
          return new RelyingParty(server.server().httpPort(), certificate, authority, id);
        }
      }
    }
    throw new IOException("nobody issued " + certificate);
  }

  X509CRL list() throws Exception {
    byte[] der =
        HTTP.send(
                HttpRequest.newBuilder(at("/crl/" + authority + "/0.crl")).build(),
                BodyHandlers.ofByteArray())
            .body();
    return (X509CRL)
        CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
  }

  /// The reason for which it is revoked; empty when it is good.
  Optional<Integer> ocsp() throws Exception {
    DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().build();
    byte[] question =
        new OCSPReqBuilder()
            .addRequest(
                new CertificateID(
                    digests.get(CertificateID.HASH_SHA1),
                    new X509CertificateHolder(issuer.getEncoded()),
                    certificate.getSerialNumber()))
            .build()
            .getEncoded();
    byte[] answer =
        HTTP.send(
                HttpRequest.newBuilder(at("/ocsp/" + authority))
                    .POST(BodyPublishers.ofByteArray(question))
                    .build(),
                BodyHandlers.ofByteArray())
            .body();
    Object status =
        ((BasicOCSPResp) new OCSPResp(answer).getResponseObject())
            .getResponses()[0].getCertStatus();
    return status instanceof RevokedStatus revoked
        ? Optional.of(revoked.getRevocationReason())
        : Optional.empty();
  }

  private URI at(String path) {
    return URI.create("http://localhost:" + port + path);
  }
}
