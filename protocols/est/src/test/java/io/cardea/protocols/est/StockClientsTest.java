package io.cardea.protocols.est;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.testing.NeedsTool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Unmodified clients of others, as processes: strongSwan's `pki`, and `openssl` with `curl`.
class StockClientsTest {

  @TempDir Path directory;

  private TestFleet fleet;

  @BeforeEach
  void start() throws Exception {
    fleet = new TestFleet();
    pem("root.pem", "CERTIFICATE", fleet.root.certificate().getEncoded());
    pem("issuing.pem", "CERTIFICATE", fleet.issuing.certificate().getEncoded());
  }

  @AfterEach
  void stop() {
    fleet.close();
  }

  private void pem(String name, String type, byte[] der) throws IOException {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    Files.writeString(
        directory.resolve(name),
        "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
  }

  private void identity(TestFleet.Identity identity) throws Exception {
    pem("device.pem", "CERTIFICATE", identity.certificate().getEncoded());
    Key key = identity.key();
    pem("device.key", "PRIVATE KEY", key.getEncoded());
  }

  /// Standard output to a file, so that binary answers survive.
  private int run(String output, String... command) throws Exception {
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(directory.toFile())
            .redirectOutput(directory.resolve(output).toFile())
            .redirectError(directory.resolve("errors").toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException("no end in 30 s: " + String.join(" ", command));
    }
    return process.exitValue();
  }

  private String errors() throws IOException {
    return Files.readString(directory.resolve("errors"), StandardCharsets.ISO_8859_1);
  }

  private X509Certificate certificate(String name) throws IOException, GeneralSecurityException {
    Certificate read =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(Files.readAllBytes(directory.resolve(name))));
    return (X509Certificate) read;
  }

  private String url() {
    return "https://localhost:" + fleet.server.port();
  }

  private byte[] newRequest() throws Exception {
    KeyPair key = TestFleet.ec();
    byte[] csr = Requests.csr(key);
    Files.write(directory.resolve("request.der"), csr);
    return key.getPublic().getEncoded();
  }

  @Test
  @NeedsTool("pki")
  void strongSwan_fetchesTheAuthorities() throws Exception {
    int status =
        run("out", "pki", "--estca", "--url", url(), "--cacert", "root.pem", "--caout", "ca.der");
    assertThat(status).as(errors()).isZero();
    String[] written = directory.toFile().list((folder, name) -> name.startsWith("ca"));
    assertThat(written).as(errors()).hasSize(2);
  }

  @Test
  @NeedsTool("pki")
  void strongSwan_enrolsWithAToken() throws Exception {
    byte[] publicKey = newRequest();
    int status =
        run(
            "new.der",
            "pki",
            "--est",
            "--url",
            url(),
            "--in",
            "request.der",
            "--cacert",
            "root.pem",
            "--cacert",
            "issuing.pem",
            "--userpass",
            TestFleet.DEVICE + ":" + TestFleet.TOKEN);
    assertThat(status).as(errors()).isZero();
    assertThat(certificate("new.der").getPublicKey().getEncoded()).isEqualTo(publicKey);
  }

  @Test
  @NeedsTool("pki")
  void strongSwan_renewsWithItsCertificate() throws Exception {
    identity(fleet.enrolled());
    byte[] publicKey = newRequest();
    int status =
        run(
            "new.der",
            "pki",
            "--est",
            "--url",
            url(),
            "--in",
            "request.der",
            "--cacert",
            "root.pem",
            "--cacert",
            "issuing.pem",
            "--cert",
            "device.pem",
            "--key",
            "device.key");
    assertThat(status).as(errors()).isZero();
    assertThat(certificate("new.der").getPublicKey().getEncoded()).isEqualTo(publicKey);
    assertThat(fleet.applicants.peek().certificate()).isPresent();
  }

  @Test
  @NeedsTool({"openssl", "curl"})
  void opensslAndCurl_enrolInThreeLines() throws Exception {
    assertThat(
            run(
                "out",
                "openssl",
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "my.key",
                "-subj",
                "/CN=mine",
                "-outform",
                "DER",
                "-out",
                "my.csr"))
        .as(errors())
        .isZero();
    for (String version : new String[] {"1.2", "1.3"}) {
      assertThat(
              run(
                  "my.p7",
                  "curl",
                  "-sSf",
                  "--tlsv" + version,
                  "--tls-max",
                  version,
                  "--cacert",
                  "root.pem",
                  "-u",
                  TestFleet.DEVICE + ":" + TestFleet.TOKEN,
                  "-H",
                  "Content-Type: application/pkcs10",
                  "--data-binary",
                  "@my.csr",
                  url() + "/.well-known/est/simpleenroll"))
          .as(errors())
          .isZero();
      assertThat(run("my.p7.der", "openssl", "base64", "-d", "-A", "-in", "my.p7"))
          .as(errors())
          .isZero();
      assertThat(
              run(
                  "my.pem",
                  "openssl",
                  "pkcs7",
                  "-inform",
                  "DER",
                  "-in",
                  "my.p7.der",
                  "-print_certs"))
          .as(errors())
          .isZero();
      assertThat(
              run(
                  "out",
                  "openssl",
                  "verify",
                  "-CAfile",
                  "root.pem",
                  "-untrusted",
                  "issuing.pem",
                  "my.pem"))
          .as(errors())
          .isZero();
    }
  }
}
